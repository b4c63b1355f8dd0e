"""The limit on logins of one user: so many in so many seconds."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LoginLimit"]


class LoginLimit:
    """Counts logins by username, in a window that slides. Salesforce allows 3,600 an hour (article 000381578)."""

    def __init__(self, now: Callable[[], float], limit: int | None, seconds: float) -> None:
        if (limit is not None and limit < 0) or not seconds > 0:
            raise ValueError(f"a limit of {limit} logins in {seconds} seconds: give at least 0 logins, and some time")
        self._now = now
        self._limit = limit
        self._seconds = seconds
        self._logins: defaultdict[str, deque[float]] = defaultdict(deque)

    def admits(self, username: str) -> bool:
        """Count one more login, unless it is one too many."""
        if self._limit is None:
            return True
        now = self._now()
        logins = self._logins[username]
        while logins and logins[0] <= now - self._seconds:
            logins.popleft()
        if len(logins) >= self._limit:
            return False
        logins.append(now)
        return True
