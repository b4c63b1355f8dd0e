"""An org of exact bytes: a token endpoint that counts, and whatever the test answers to everything else."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from raw_server import ORG_ID, RawServer, token_answer

import orgkey

if TYPE_CHECKING:
    from collections.abc import Callable

EXPIRED = '[{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]'


class RawOrg(RawServer):
    """Used as ``with RawOrg(answer) as org``; ``org.auth`` is a session at it, ``calls`` are all but token requests."""

    def __init__(self, answer: Callable[[str, bytes], bytes]) -> None:
        self.tokens = (f"{ORG_ID}!AQ{number}{'x' * 30}" for number in itertools.count(1))
        super().__init__(lambda line, request: self._token() if "/token" in line else answer(line, request))

    @property
    def auth(self) -> orgkey.OrgSession:
        return orgkey.connect(login_url=self.url, client_id="app", client_secret="invented", allow_loopback_http=True)

    @property
    def calls(self) -> list[bytes]:
        return [request for request in self.requests if b"/services/oauth2/token" not in request.split(b"\r\n", 1)[0]]

    def _token(self) -> bytes:
        return token_answer(self.url, next(self.tokens))


def header(request: bytes, name: str) -> str | None:
    """The header of a raw request."""
    for line in request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]:
        key, _, value = line.partition(": ")
        if key.lower() == name.lower():
            return value
    return None


def body_of(request: bytes) -> bytes:
    """The body of a raw request."""
    return request.partition(b"\r\n\r\n")[2]


def in_turn(*answers: Any) -> Callable[[str, bytes], bytes]:
    """One answer after the other, the last one for ever."""
    left = list(answers)
    return lambda line, request: left.pop(0) if len(left) > 1 else left[0]
