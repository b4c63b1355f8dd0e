"""Single flight: one renewal under way, and everybody who waits for it.

A renewal belongs to no caller and no event loop. It runs on a thread of its own, so the task that asked first may be
cancelled and its loop may close while callers in other threads and loops wait; all of them get what it lands with.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from orgkey.errors import TokenRequestError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

__all__ = ["Flight", "FlightUnderWay"]

T = TypeVar("T")


class FlightUnderWay(Exception):
    """The work is not done yet, and whoever asked waits no longer."""


class Flight(Generic[T]):
    """One piece of work that many wait for."""

    __slots__ = ("_error", "_landed", "_lock", "_loops", "_result")

    def __init__(self) -> None:
        self._landed = threading.Event()
        self._lock = threading.Lock()
        self._loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._result: T | None = None
        self._error: BaseException | None = None

    def launch(self, work: Callable[[], T]) -> None:
        """Run ``work`` on a thread of its own; return at once."""
        thread = threading.Thread(target=self._fly, args=(work,), name="orgkey-renewal", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # No more threads: the machine is out of them, or the interpreter is shutting down. The caller flies it.
            self._fly(work)

    def wait(self, seconds: float | None = None) -> T:
        """What the work returned; raises what it raised, and :class:`FlightUnderWay` after ``seconds``."""
        if not self._landed.wait(seconds):
            raise FlightUnderWay
        return self._outcome()

    async def wait_async(self, seconds: float | None = None) -> T:
        """As :meth:`wait`, for a task. Cancelling the task ends its wait and nothing else."""
        from asyncio import get_running_loop, wait_for

        loop = get_running_loop()
        landed = loop.create_future()
        with self._lock:
            if self._landed.is_set():
                return self._outcome()
            self._loops.append((loop, landed))
        try:
            await wait_for(landed, seconds)
        except TimeoutError:
            raise FlightUnderWay from None
        return self._outcome()

    def _fly(self, work: Callable[[], T]) -> None:
        try:
            self._result = work()
        except BaseException as error:  # noqa: BLE001  # whoever waits must get it; there is nobody else here to
            self._error = error
        with self._lock:
            self._landed.set()
            waiting, self._loops = self._loops, []
        for loop, future in waiting:
            # A loop that closed meanwhile has nobody left who waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_wake, future)

    def _outcome(self) -> T:
        if self._error is not None:
            error = self._error
            raise error.again(error.retry_after) if isinstance(error, TokenRequestError) else error
        return self._result  # type: ignore[return-value]  # set where there is no error


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
