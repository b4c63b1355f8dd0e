"""The one place that reads the clock; everything else is given one."""

from __future__ import annotations

import time
from typing import Final, Protocol

__all__ = ["SYSTEM_CLOCK", "Clock", "SystemClock"]


class Clock(Protocol):
    """Time as the core sees it. Tests pass one that moves when told to."""

    def now(self) -> float:
        """Seconds since the Unix epoch, UTC: for what is compared with another machine's clock."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never steps: for durations."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return after ``seconds``."""
        ...


class SystemClock:
    """The clock of this machine."""

    __slots__ = ()

    def now(self) -> float:
        """Seconds since the Unix epoch, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds on the monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep for ``seconds``."""
        time.sleep(seconds)


SYSTEM_CLOCK: Final[Clock] = SystemClock()
