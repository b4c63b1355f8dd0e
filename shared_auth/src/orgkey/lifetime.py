"""Models when Salesforce ends a session: nobody tells, since a token answer has no ``expires_in``."""

from __future__ import annotations

from enum import Enum
from typing import Final

__all__ = ["FRESH_FOR", "Lifetime", "Phase"]

# The shortest session timeout an org can be set to: 15 minutes (Setup > Session Settings). A younger token that is
# rejected did not expire.
FRESH_FOR: Final = 15 * 60.0

_MARGIN_SHARE: Final = 0.05
_LONGEST_MARGIN: Final = 60.0


class Phase(Enum):
    """Where in its life a token is."""

    GOOD = "good"
    ENDING = "ending"  # still accepted; a successor should be fetched behind the caller's back
    ENDED = "ended"  # a call with it would be rejected


class Lifetime:
    """The life of one token.

    With ``timeout`` (seconds) it slides as Salesforce's sessions do: activity in the second half of the window starts
    a new window, activity in the first half changes nothing (observed: a 30-minute session used at minute 10 ends at
    minute 30, used at minute 20 it ends at minute 50). With ``ends_at`` (monotonic seconds) it ends then, come what
    may, as JWT-format tokens do.
    """

    __slots__ = ("_ends_at", "_margin", "_timeout")

    def __init__(self, started_at: float, timeout: float | None = None, ends_at: float | None = None) -> None:
        span = timeout if ends_at is None else ends_at - started_at
        if span is None:
            msg = "a lifetime needs a timeout or an end"
            raise ValueError(msg)
        self._timeout = timeout if ends_at is None else None
        self._ends_at = started_at + span
        self._margin = min(_LONGEST_MARGIN, span * _MARGIN_SHARE)

    def phase(self, now: float) -> Phase:
        """Where it is at ``now`` (monotonic seconds)."""
        if now >= self._ends_at:
            return Phase.ENDED
        return Phase.ENDING if now >= self._ends_at - self._margin else Phase.GOOD

    def touch(self, now: float) -> None:
        """A call succeeded at ``now``: slide the window, if this is its second half."""
        if self._timeout is not None and self._ends_at - self._timeout / 2 <= now < self._ends_at:
            self._ends_at = now + self._timeout
