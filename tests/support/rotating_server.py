"""A token endpoint in memory: rotation without any grace, and the end of the family for whoever shows a spent token."""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from orgkey.carriers import HTTPSettings
from orgkey.diagnosis import Evidence, diagnose
from orgkey.errors import TokenEndpointUnreachable
from orgkey.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from orgkey.wire import Request

ORG_ID = "00D5g000004HfQrEAK"
USER_ID = "0055g00000BnLmAAAV"


def unreachable(kind: str, *, sent: bool) -> TokenEndpointUnreachable:
    """No answer, as the sender words it."""
    return TokenEndpointUnreachable(diagnose(Evidence(surface="network", error=kind)), sent=sent)


class RotatingServer:
    """Takes the place of the core's sender. ``sends`` counts how often each refresh token came.

    ``before`` and ``after`` are called around the work on each request, and may raise: then no answer gets back.
    """

    def __init__(self) -> None:
        self.settings = HTTPSettings()
        self.sends: Counter[str] = Counter()
        self.revocations = 0
        self.before: Callable[[], Any] = lambda: None
        self.after: Callable[[], Any] = lambda: None
        self._family: dict[str, str] = {}  # token -> family, spent ones too
        self._current: dict[str, str] = {}  # family -> its current token
        self._access: dict[str, str] = {}  # access token -> family, while it is good
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def consent(self, family: str) -> str:
        """Begin a family."""
        with self._lock:
            return self._next(family)

    def is_current(self, token: str) -> bool:
        """Whether a token is the one to show next."""
        return token in self._current.values()

    def is_alive(self, family: str) -> bool:
        """Whether anything of a family still works."""
        return family in self._current

    def family_of(self, token: str) -> str:
        """Which family a refresh token is of, spent or not."""
        return self._family.get(token, "")

    def accepts(self, access_token: str) -> bool:
        """Whether an access token is good."""
        return access_token in self._access

    def expire(self, family: str) -> None:
        """End the access tokens of a family."""
        self._access = {token: held for token, held in self._access.items() if held != family}

    def revoke(self, family: str) -> None:
        """An admin ends it."""
        self._current.pop(family, None)
        self.expire(family)

    def send(self, request: Request) -> Answer:
        """Answer a token request."""
        from orgkey.secrets import conceal

        token = conceal(request.form["refresh_token"]).reveal()
        self.before()
        with self._lock:
            self.sends[token] += 1
            family = self._family.get(token, "")
            if self._current.get(family) != token:
                if self._current.pop(family, None) is not None:
                    self.revocations += 1
                self.expire(family)
                answer = _answer(400, error="invalid_grant", error_description="expired access/refresh token")
            else:
                successor = self._next(family)
                access_token = f"{ORG_ID}!AQ{next(self._numbers):06}{'x' * 20}"
                self._access[access_token] = family
                answer = _answer(
                    200,
                    access_token=access_token,
                    refresh_token=successor,
                    instance_url=str(request.origin),
                    id=f"https://login.salesforce.com/id/{ORG_ID}/{USER_ID}",
                    issued_at="1800000000000",
                    scope="api refresh_token",
                )
        self.after()
        return answer

    def _next(self, family: str) -> str:
        token = f"5Aep{family}-{next(self._numbers)}-{'r' * 16}"
        self._family[token] = family
        self._current[family] = token
        return token


def _answer(status: int, **fields: str) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(fields).encode(), 1_800_000_000.0)
