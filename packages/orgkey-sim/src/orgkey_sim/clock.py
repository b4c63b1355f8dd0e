"""The world's clock: real time that a test can move ahead."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["VirtualClock", "sleep"]


class VirtualClock:
    """Real time plus what `advance` added.

    ``source`` is where real time comes from, in seconds since the Unix epoch; a test that gives its clients a fake
    clock hands the same one in here.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._ahead = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """The orgs' time: ages sessions, stamps records. Seconds since the Unix epoch."""
        return self._source() + self._ahead

    def wall(self) -> float:
        """Time as clients know it, which `advance` leaves alone: what the ``exp`` of an assertion is held against."""
        return self._source()

    def advance(self, seconds: float) -> None:
        """Move the orgs' time ahead.

        Raises ValueError for a negative number; time does not run backwards.
        """
        if not seconds >= 0:
            raise ValueError(f"cannot advance the clock by {seconds} seconds: give a number that is not negative")
        with self._lock:
            self._ahead += seconds


async def sleep(seconds: float) -> None:
    """Let real time pass: what a slow answer takes, a client has to wait."""
    await asyncio.sleep(seconds)
