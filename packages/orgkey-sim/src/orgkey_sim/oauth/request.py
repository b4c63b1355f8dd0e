"""What comes in at an OAuth endpoint: form parameters, and the client's credentials by Basic header or form."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import ClientDisconnect

from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.visit import Visit, visit_of

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["OAuthRequest"]

_LARGEST_BODY: Final = 64 * 1024
_MOST_FIELDS: Final = 200


@dataclass(slots=True)
class OAuthRequest:
    """One request at an OAuth endpoint. A parameter may stand in the body or in the query string, as in Salesforce."""

    visit: Visit
    client_id: str
    client_secret: str = field(repr=False)
    _parameters: dict[str, str] = field(repr=False)

    @classmethod
    async def read(cls, request: Request) -> OAuthRequest:
        """Take a request apart.

        Raises OAuthError with malformed_request.
        """
        parameters = _parse(request.scope["query_string"])
        parameters |= _parse(await _body(request))
        client_id, client_secret = _basic(request.headers.get("authorization", ""))
        return cls(
            visit_of(request),
            client_id or parameters.get("client_id", ""),
            client_secret or parameters.get("client_secret", ""),
            parameters,
        )

    def get(self, name: str) -> str:
        """A parameter; empty where it is missing."""
        return self._parameters.get(name, "")

    def require(self, name: str) -> str:
        """A parameter that the grant cannot do without.

        Raises OAuthError with missing_parameter.
        """
        value = self.get(name)
        if not value:
            raise OAuthError("missing_parameter", parameter=name)
        return value


async def _body(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > _LARGEST_BODY:
                raise OAuthError("malformed_request", reason="request too large")
            chunks.append(chunk)
    except ClientDisconnect:
        raise OAuthError("malformed_request", reason="request ended early") from None
    return b"".join(chunks)


def _parse(raw: bytes) -> dict[str, str]:
    if not raw:
        return {}
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise OAuthError("malformed_request", reason="malformed parameters") from None
    return dict(pairs)


def _basic(header: str) -> tuple[str, str]:
    """Client id and secret of a Basic header (RFC 6749, section 2.3.1); empty for anything else."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)
