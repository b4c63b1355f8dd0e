"""Many callers at once: threads, tasks, event loops."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

_LONGEST_WAIT = 30.0


def threads(count: int, call: Callable[[], T], during: Callable[[], object] | None = None) -> list[T | BaseException]:
    """What ``call`` returned or raised in each of ``count`` threads that began together.

    ``during`` runs once they have begun. Fails where one of them does not come back.
    """
    barrier = threading.Barrier(count + 1)
    outcomes: list[T | BaseException] = []

    def run() -> None:
        barrier.wait(_LONGEST_WAIT)
        try:
            outcomes.append(call())
        except BaseException as error:  # noqa: BLE001  # it is the outcome
            outcomes.append(error)

    crowd = [threading.Thread(target=run, daemon=True) for _ in range(count)]
    for thread in crowd:
        thread.start()
    barrier.wait(_LONGEST_WAIT)
    if during is not None:
        during()
    for thread in crowd:
        thread.join(_LONGEST_WAIT)
    assert not any(thread.is_alive() for thread in crowd), "a caller was left hanging"
    return outcomes


async def tasks(count: int, call: Callable[[], Awaitable[T]]) -> list[T | BaseException]:
    """What ``call`` returned or raised in each of ``count`` tasks."""
    return await asyncio.wait_for(
        asyncio.gather(*(call() for _ in range(count)), return_exceptions=True), _LONGEST_WAIT
    )


def loops(count: int, each: int, call: Callable[[], Awaitable[T]]) -> list[T | BaseException]:
    """What ``call`` returned or raised in ``each`` tasks of each of ``count`` event loops, all at once."""
    outcomes: list[T | BaseException] = []
    for outcome in threads(count, lambda: asyncio.run(tasks(each, call))):
        outcomes += outcome if isinstance(outcome, list) else [outcome]
    return outcomes
