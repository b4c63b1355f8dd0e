"""Holds back token requests after a failure, so that no path storms Salesforce's limit on logins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from orgkey.errors import TokenRequestError

__all__ = ["FIRST", "LONGEST", "Cooldown"]

FIRST: Final = 5.0
LONGEST: Final = 300.0

_DOUBLINGS: Final = 6  # as many as lead to LONGEST


class Cooldown:
    """One cool-down: 5 s after the first failure, doubling to 5 min. All times are monotonic seconds."""

    __slots__ = ("_error", "_failures", "_until")

    def __init__(self) -> None:
        self._failures = 0
        self._until = 0.0
        self._error: TokenRequestError | None = None

    def start(self, error: TokenRequestError, now: float) -> float:
        """Begin, because of ``error``. Returns how many seconds it lasts."""
        seconds = min(FIRST * 2.0 ** min(self._failures, _DOUBLINGS), LONGEST)
        self._failures += 1
        self._until = now + seconds
        self._error = error
        return seconds

    def refusal(self, now: float) -> TokenRequestError | None:
        """What a caller gets at ``now`` instead of a token request; None where one may be made."""
        if self._error is None or now >= self._until:
            return None
        return self._error.again(retry_after=self._until - now)

    @property
    def error(self) -> TokenRequestError | None:
        """The failure behind it; None where the last attempt succeeded."""
        return self._error

    def end(self) -> None:
        """Something succeeded, or somebody says it will: forget all failures."""
        self._failures = 0
        self._until = 0.0
        self._error = None
