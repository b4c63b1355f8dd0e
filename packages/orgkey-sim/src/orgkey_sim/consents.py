"""What users have consented to: authorization codes, and the refresh tokens that come of them."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from orgkey_sim.model import App, User

__all__ = ["Code", "Consents", "RefreshToken"]

_DAY: Final = 86_400.0
_MOST_APPROVALS: Final = 5
"""How many refresh tokens one user has of one app before the oldest goes (Salesforce Help: "Manage OAuth Access")."""
_CODE_SECONDS: Final = 900.0
"""How long an authorization code is good (Salesforce Help: "OAuth 2.0 Web Server Flow for Web App Integration")."""


@dataclass(frozen=True, slots=True)
class Code:
    """One authorization code: who consented to what, and what the exchange must bring along."""

    app: App
    user: User
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str
    expires: float


@dataclass(slots=True)
class RefreshToken:
    """One refresh token. Those that replace one another are one family; ``spent`` ones were replaced.

    ``consented`` is when the family began, ``used`` when the token was given out or last shown; both in seconds since
    the Unix epoch. ``busy`` is true while a request with it is being worked on.
    """

    app: App
    user: User
    scopes: frozenset[str]
    family: int
    consented: float = 0.0
    used: float = 0.0
    spent: bool = field(default=False)
    busy: bool = False

    def has_run_out(self, now: float) -> bool:
        """Whether the app's refresh token policy has let it expire."""
        match self.app.refresh_policy:
            case "immediate":
                return True
            case "idle":
                return now - self.used >= self.app.refresh_days * _DAY
            case "lifetime":
                return now - self.consented >= self.app.refresh_days * _DAY
            case _:
                return False


class Consents:
    """The codes and refresh tokens of one org."""

    def __init__(self) -> None:
        self._codes: dict[str, Code] = {}
        self._refresh_tokens: dict[str, RefreshToken] = {}
        self._families = itertools.count(1)

    def add_code(
        self, app: App, user: User, *, scopes: frozenset[str], redirect_uri: str, challenge: str, now: float
    ) -> str:
        """Note a consent and return its authorization code."""
        code = "aPrx" + secrets.token_urlsafe(48)
        self._codes[code] = Code(app, user, scopes, redirect_uri, challenge, now + _CODE_SECONDS)
        return code

    def take_code(self, code: str) -> Code | None:
        """What a code stands for; it is good once."""
        return self._codes.pop(code, None)

    def add_refresh_token(self, app: App, user: User, scopes: frozenset[str], now: float) -> tuple[str, int, list[int]]:
        """Give out the first refresh token of a consent: its text, its family, and the families it pushed out."""
        approvals = sorted({held.family for held in self._refresh_tokens.values() if self._is(held, app, user)})
        pushed_out = approvals[: max(0, len(approvals) - _MOST_APPROVALS + 1)]
        for family in pushed_out:
            self.end(family=family)
        held = RefreshToken(app, user, scopes, next(self._families), now, now)
        return self._put(held), held.family, pushed_out

    def rotate(self, held: RefreshToken, now: float) -> str:
        """Replace a refresh token with its successor."""
        held.spent = True
        return self._put(RefreshToken(held.app, held.user, held.scopes, held.family, held.consented, now))

    def has_consented(self, app: App, user: User, scopes: frozenset[str]) -> bool:
        """Whether that user has a living refresh token of that app, with at least those scopes."""
        return any(
            self._is(held, app, user) and not held.spent and held.scopes >= scopes
            for held in self._refresh_tokens.values()
        )

    def find(self, token: str) -> RefreshToken | None:
        """The refresh token of that text, spent or not."""
        return self._refresh_tokens.get(token)

    def end(
        self, *, token: str | None = None, user: User | None = None, app: App | None = None, family: int | None = None
    ) -> int:
        """Drop the refresh tokens that match all that is given, or every one, and return how many."""
        matching = [
            text
            for text, held in self._refresh_tokens.items()
            if (token is None or text == token)
            and (user is None or held.user is user)
            and (app is None or held.app is app)
            and (family is None or held.family == family)
        ]
        for text in matching:
            del self._refresh_tokens[text]
        return len(matching)

    @staticmethod
    def _is(held: RefreshToken, app: App, user: User) -> bool:
        return held.app is app and held.user is user

    def _put(self, held: RefreshToken) -> str:
        text = "5Aep861" + secrets.token_urlsafe(48)
        self._refresh_tokens[text] = held
        return text
