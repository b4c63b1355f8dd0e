"""Sessions: what an access token stands for, how long it lives, and how it ends."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from orgkey_sim.requestlog import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim.model import App, Org, User

__all__ = ["Session", "Sessions", "TokenFormat"]

TokenFormat = Literal["opaque", "jwt"]

_KEPT: Final = 10_000


@dataclass(slots=True, eq=False)
class Session:
    """One login.

    ``created`` and ``last_active`` are the orgs' time in seconds since the Unix epoch, ``lifetime`` is in seconds.
    ``generation`` counts the sessions of one user and app, from 1. ``app`` is None for a SOAP login.
    ``family`` is the consent whose refresh tokens it came of, 0 for none.
    """

    token: str = field(repr=False)
    org: Org = field(repr=False)
    user: User
    app: App | None
    scopes: frozenset[str]
    token_format: TokenFormat
    created: float
    lifetime: float
    generation: int
    last_active: float
    family: int = 0
    ended: bool = False

    @property
    def fingerprint(self) -> str:
        """What stands for the token in a log."""
        return fingerprint(self.token)

    @property
    def expires(self) -> float:
        """When it ends if nothing happens, in seconds since the Unix epoch."""
        return self.last_active + self.lifetime

    def is_alive(self, now: float) -> bool:
        """Whether its token is accepted."""
        return not self.ended and now < self.expires

    def touch(self, now: float) -> None:
        """Note activity: in the second half of its time a session starts over, in the first half nothing happens.

        A JWT-format token holds its own ``exp``, so it never starts over. Source of the rule: Salesforce Help, "Modify
        Session Security Settings", as quoted at https://salesforce.stackexchange.com/questions/228678.
        """
        if self.token_format == "opaque" and now - self.last_active >= self.lifetime / 2:  # noqa: S105 - a format
            self.last_active = now


class Sessions:
    """The sessions of one org. The oldest are dropped when there are more than 10,000."""

    def __init__(self) -> None:
        self._by_token: dict[str, Session] = {}
        self._generations: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._by_token)

    def __iter__(self) -> Iterator[Session]:
        with self._lock:
            return iter(tuple(self._by_token.values()))

    def start(
        self,
        token: str,
        user: User,
        app: App | None,
        *,
        scopes: frozenset[str],
        token_format: TokenFormat,
        now: float,
        lifetime: float,
        family: int = 0,
    ) -> Session:
        """Begin a session under ``token``."""
        who = (user.id, app.client_id if app else "")
        with self._lock:
            self._generations[who] += 1
            session = Session(
                token, user.org, user, app, scopes, token_format, now, lifetime, self._generations[who], now, family
            )
            self._by_token[token] = session
            if len(self._by_token) > _KEPT:
                self._drop_oldest()
        return session

    def find(self, token: str, now: float) -> Session | None:
        """The living session of ``token``."""
        session = self._by_token.get(token)
        return session if session is not None and session.is_alive(now) else None

    def end(
        self, *, token: str | None = None, user: User | None = None, app: App | None = None, family: int | None = None
    ) -> int:
        """End the sessions that match all that is given, or every one, and return how many."""
        with self._lock:
            matching = [
                session
                for session in self._by_token.values()
                if (token is None or session.token == token)
                and (user is None or session.user is user)
                and (app is None or session.app is app)
                and (family is None or session.family == family)
            ]
            for session in matching:
                session.ended = True
                del self._by_token[session.token]
        return len(matching)

    def _drop_oldest(self) -> None:
        for token in tuple(itertools.islice(self._by_token, _KEPT // 10)):
            del self._by_token[token]
