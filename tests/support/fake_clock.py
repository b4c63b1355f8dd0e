"""A clock that moves when told to, and that a sleeper moves instead of waiting."""

from __future__ import annotations

import threading
from typing import Final

EPOCH: Final = 1_800_000_000.0


class FakeClock:
    """Implements ``orgkey.Clock``. ``slept`` lists every sleep, in seconds; ``skew`` puts the wall clock wrong."""

    def __init__(self, skew: float = 0.0) -> None:
        self.skew = skew
        self.slept: list[float] = []
        self._passed = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return EPOCH + self._passed + self.skew

    def monotonic(self) -> float:
        return self._passed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        with self._lock:
            self._passed += seconds
