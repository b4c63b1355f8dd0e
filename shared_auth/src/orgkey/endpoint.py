"""Salesforce's OAuth endpoints without I/O: what each is asked, and how its answer is read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from orgkey.diagnosis import Evidence, clean, diagnose
from orgkey.errors import TokenAnswerRefused, TokenRequestError, UntrustedHost
from orgkey.grants.base import is_client_id, shown_client_id
from orgkey.secrets import Secret, redact
from orgkey.wire import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orgkey.grants.base import Grant
    from orgkey.org import HostRules, Origin
    from orgkey.wire import Answer

__all__ = [
    "USERINFO_PATH",
    "Callback",
    "TokenAnswer",
    "introspect_request",
    "long_id",
    "read_callback",
    "read_introspection",
    "read_revocation",
    "read_token",
    "read_userinfo",
    "revoke_request",
    "userinfo_request",
]

USERINFO_PATH: Final = "/services/oauth2/userinfo"
_INTROSPECT_PATH: Final = "/services/oauth2/introspect"
_REVOKE_PATH: Final = "/services/oauth2/revoke"

_IDENTITY: Final = re.compile(r"/id/(00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?)/([A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?)/?\Z")
_SECRET_FIELDS: Final = frozenset({"access_token", "refresh_token", "id_token", "signature"})
_HTTP_OK: Final = 200
_TRANSIENT: Final = frozenset({429, *range(500, 600)})
_LONGEST_TEXT: Final = 500  # characters of Salesforce's own words that are passed on
_FAR_FUTURE: Final = 1e11  # seconds; a number beyond it is not a time
_LONG_ID: Final = 18
_MOST_FIELDS: Final = 50  # of a callback's query


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """A successful answer of the token endpoint (RFC 6749 section 5.1, with Salesforce's additional fields)."""

    access_token: Secret
    instance: Origin
    identity_url: str
    org_id: str
    user_id: str
    issued_at: float | None  # seconds since the epoch
    scope: frozenset[str]
    refresh_token: Secret | None


def read_token(answer: Answer, grant: Grant, login: Origin, rules: HostRules) -> TokenAnswer:
    """The token in ``answer``.

    Raises :class:`~orgkey.errors.TokenRequestError` with its diagnosis for an OAuth error, and
    :class:`~orgkey.errors.TokenAnswerRefused` for anything that is neither an error nor a usable token.
    """
    fields = _fields(answer)
    if answer.status_code in _TRANSIENT and fields is None:
        # A page of a proxy's or the platform's own: what it says is its status.
        raise _oauth_error(answer, {}, grant, login)
    if fields is None:
        raise _no_json(answer)
    if answer.status_code != _HTTP_OK or "error" in fields:
        raise _oauth_error(answer, fields, grant, login)
    token = fields.get("access_token")
    if not isinstance(token, Secret) or not token or not token.reveal().isascii() or not token.reveal().isprintable():
        raise _refused("TOKEN_ANSWER_UNUSABLE", "the answer has no usable access_token")
    identity_url = _text(fields.get("id"))
    identity = _IDENTITY.search(identity_url)
    if identity is None:
        raise _refused(
            "TOKEN_ANSWER_UNUSABLE", "the answer has no identity URL (field 'id'), so the org cannot be checked"
        )
    refresh_token = fields.get("refresh_token")
    return TokenAnswer(
        access_token=token,
        instance=_instance(_text(fields.get("instance_url")), login, rules),
        identity_url=identity_url,
        org_id=long_id(identity[1]),
        user_id=long_id(identity[2]),
        issued_at=_milliseconds(fields.get("issued_at")),
        scope=frozenset(_text(fields.get("scope")).split()),
        refresh_token=refresh_token if isinstance(refresh_token, Secret) else None,
    )


@dataclass(frozen=True, slots=True)
class Callback:
    """What a browser brought to the callback URL (RFC 6749 section 4.1.2): a code, or why there is none.

    Whose answer it is only ``state`` tells; look that up before believing anything else of it.
    """

    address: str  # the URL without its query: what has to equal the redirect URI
    state: Secret | None = None
    code: Secret | None = None
    error: str = ""
    error_description: str = ""
    issuer: str = ""  # RFC 9207; empty where the server does not say

    def authorization_code(self, login: Origin) -> Secret:
        """The code. Raises :class:`~orgkey.errors.TokenRequestError` where ``login`` refused or sent none."""
        if self.code is not None and not self.error:
            return self.code
        error = self.error or "invalid_request"
        description = self.error_description or ("" if self.error else "the callback has neither a code nor an error")
        evidence = Evidence("authorize", "authorization_code", error, description, login_host=login.host)
        raise TokenRequestError(diagnose(evidence), error=error, error_description=description)


def read_callback(url: Secret) -> Callback:
    """Take a callback URL apart. A parameter that comes twice counts as missing (RFC 6749 section 3.1)."""
    address = url.reveal().partition("?")[0]
    query = Secret(url.reveal().partition("?")[2].partition("#")[0])
    fields: dict[str, list[Secret]] = {}
    try:
        for name, value in parse_qsl(query.reveal(), keep_blank_values=True, max_num_fields=_MOST_FIELDS):
            fields.setdefault(name, []).append(Secret(value))
    except ValueError:
        fields = {}
    given = {name: values[0] for name, values in fields.items() if len(values) == 1 and values[0]}
    error, description, issuer = (
        redact(given[name].reveal()[:_LONGEST_TEXT]) if name in given else ""
        for name in ("error", "error_description", "iss")
    )
    return Callback(address, given.get("state"), given.get("code"), error, description, issuer)


def introspect_request(token: Secret, grant: Grant, login: Origin) -> Request:
    """Ask what ``token`` is (RFC 7662 section 2.1)."""
    form = {"token": token, "token_type_hint": "access_token", **grant.client_authentication()}
    return Request(login, _INTROSPECT_PATH, form)


def read_introspection(answer: Answer, grant: Grant, login: Origin) -> dict[str, Any]:
    """The introspection answer (RFC 7662 section 2.2): ``active`` and, where it is, ``scope``, ``exp``, ``sub`` ..."""
    return _read_object(answer, grant, login, "token")


def revoke_request(token: Secret, login: Origin) -> Request:
    """Ask to end ``token`` (RFC 7009 section 2.1): an access token, or a refresh token with all that came of it."""
    return Request(login, _REVOKE_PATH, {"token": token})


def read_revocation(answer: Answer, grant: Grant, login: Origin) -> bool:
    """True where the token is ended, False where there was no such token (any more).

    Raises :class:`~orgkey.errors.TokenRequestError` otherwise.
    """
    if answer.status_code == _HTTP_OK:
        return True
    fields = _fields(answer) or {}
    # RFC 7009 section 2.2: what is no token any more counts as revoked. Salesforce says so with an error.
    if fields.get("error") not in {"invalid_token", "unsupported_token_type"}:
        raise _oauth_error(answer, fields, grant, login)
    return False


def userinfo_request(host: Origin) -> Request:
    """Ask who acts (OpenID Connect Core section 5.3). The token is stamped on the way out."""
    return Request(host, USERINFO_PATH, method="GET")


def read_userinfo(answer: Answer, grant: Grant, login: Origin) -> dict[str, Any]:
    """The userinfo answer: ``user_id``, ``organization_id``, ``preferred_username`` ..."""
    return _read_object(answer, grant, login, "identity")


def _read_object(answer: Answer, grant: Grant, login: Origin, surface: str) -> dict[str, Any]:
    fields = _fields(answer)
    if answer.status_code != _HTTP_OK:
        raise _oauth_error(answer, {"error": answer.text} if fields is None else fields, grant, login, surface)
    if fields is None:
        raise _no_json(answer)
    return fields


def _fields(answer: Answer) -> dict[str, Any] | None:
    """The answer's JSON object; None where it is none."""
    try:
        fields = json.loads(answer.body, object_pairs_hook=_conceal_secrets)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _no_json(answer: Answer) -> TokenAnswerRefused:
    kind = answer.headers.get("content-type", "no content type")
    fact = f"HTTP {answer.status_code}, {kind:.100}, {len(answer.body)} bytes, not a JSON object"
    return _refused("TOKEN_ANSWER_UNUSABLE", fact, answer)


def _conceal_secrets(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Wrapped while parsing, so that no frame ever has a plain token among its locals.
    return {
        name: Secret(value) if name in _SECRET_FIELDS and isinstance(value, str) else value for name, value in pairs
    }


def _oauth_error(
    answer: Answer, fields: Mapping[str, Any], grant: Grant, login: Origin, surface: str = "token"
) -> TokenRequestError:
    error, description = (redact(_text(fields.get(name))[:_LONGEST_TEXT]) for name in ("error", "error_description"))
    evidence = Evidence(
        surface=surface,
        grant=grant.name,
        error=error,
        error_description=description,
        status=answer.status_code,
        login_host=login.host,
        audience=getattr(grant, "audience", None) or "",
        clock_skew=answer.clock_skew,
        facts=() if is_client_id(grant.client_id) else (f"client id: {shown_client_id(grant.client_id)}",),
    )
    return TokenRequestError(diagnose(evidence), error=error, error_description=description, status=answer.status_code)


def _refused(cause: str, fact: str, answer: Answer | None = None) -> TokenAnswerRefused:
    status = 0 if answer is None else answer.status_code
    return TokenAnswerRefused(
        diagnose(Evidence(surface="local", error=cause, status=status, facts=(clean(fact),))), status=status
    )


def _instance(url: str, login: Origin, rules: HostRules) -> Origin:
    try:
        origin = rules.origin(url, "instance_url")
    except UntrustedHost as error:
        raise _refused("UNTRUSTED_INSTANCE_URL", redact(str(error))) from None
    if origin.is_loopback and not login.is_loopback:
        raise _refused("UNTRUSTED_INSTANCE_URL", f"instance_url {url!r} is this machine, though the login host is not")
    return origin


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _milliseconds(value: object) -> float | None:
    # Salesforce sends a string of epoch milliseconds, some flows nothing at all.
    if isinstance(value, (str, int)) and str(value).isascii() and str(value).isdigit():
        seconds = int(str(value)[:20]) / 1000
        return seconds if seconds < _FAR_FUTURE else None
    return None


def long_id(salesforce_id: str) -> str:
    """The 18-character form: a 15-character id differs in case only, so its suffix records the capitals."""
    if len(salesforce_id) == _LONG_ID:
        return salesforce_id
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(
            1 << place for place, character in enumerate(salesforce_id[start : start + 5]) if character.isupper()
        )
        suffix += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits]
    return salesforce_id + suffix
