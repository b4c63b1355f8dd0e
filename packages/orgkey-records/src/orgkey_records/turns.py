"""Lets an event loop breathe while hundreds of calls start at once: only so many begin in one turn of the loop."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio

__all__ = ["Turns"]

# Starting a call takes a fraction of a millisecond; so many keep one turn of the loop near ten.
_IN_ONE_TURN: Final = 16


class Turns:
    """Who may go on in this turn of one event loop, and who in a later one."""

    __slots__ = ("_gone", "_loop", "_waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._gone = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def mine(self) -> None:
        """Return at once where there is room in this turn, else in the next one that has some."""
        if self._gone < _IN_ONE_TURN and not self._waiting:
            self._go()
            return
        later = self._loop.create_future()
        self._waiting.append(later)
        await later

    def _go(self) -> None:
        if not self._gone:
            self._loop.call_soon(self._next_turn)
        self._gone += 1

    def _next_turn(self) -> None:
        self._gone = 0
        while self._waiting and self._gone < _IN_ONE_TURN:
            later = self._waiting.popleft()
            if not later.done():  # a cancelled caller's is
                self._go()
                later.set_result(None)
