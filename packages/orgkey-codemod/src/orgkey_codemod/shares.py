"""Work on a long list, shared out to processes: each takes the next piece of it when it is done with its last one."""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["processes", "shared_out"]

T = TypeVar("T")
R = TypeVar("R")

_MOST: Final = 8
"""Processes above which the disk or the memory bus is what they wait for."""
_PIECES: Final = 200
"""Pieces of a list: small enough that all end at about the same time, few enough for the buffer of a pipe."""
_NUMBER: Final = struct.Struct("=H")


def processes(wished: int | None) -> int:
    """How many processes to use: as many as wished, else one for each core that this one may run on.

    One where a fork is not to be had (Windows), not to be trusted (macOS, whose libraries may hold threads), or unsafe
    because the caller has threads of its own.
    """
    if not hasattr(os, "fork") or sys.platform == "darwin" or threading.active_count() > 1:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return wished or min(cores, _MOST)


def shared_out(
    work: Callable[[Sequence[T]], R],
    items: Sequence[T],
    number: int,
    *,
    meanwhile: Callable[[], object] | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[R]:
    """The results of ``work`` on the pieces of ``items``, in their order, by ``number`` processes.

    What a process took and does not bring back, whatever became of it, is done here: a result may be late, never
    missing.

    Parameters
    ----------
    work:
        Called with one piece after another. Its results have to be picklable.
    items:
        What is to be done.
    number:
        Processes, this one included; fewer where the system gives no more.
    meanwhile:
        Done here before this process takes its first piece, while the others are at work.
    progress:
        Told, in this process, how many items somebody has begun.

    """
    size = max(1, -(-len(items) // _PIECES))
    pieces = [items[start : start + size] for start in range(0, len(items), size)]
    queue = _Queue(len(pieces))
    away: list[_Away[R]] = []
    try:
        with suppress(OSError):  # the system gives no more processes: fewer do it, or this one alone
            away.extend(_Away(lambda: {each: work(pieces[each]) for each in queue}) for _ in range(number - 1))
        if meanwhile is not None:
            meanwhile()
        done: dict[int, R] = {}
        for each in queue:
            if progress is not None:
                progress(each * size)
            done[each] = work(pieces[each])
        for other in away:
            done |= other.join()
        return [done[each] if each in done else work(piece) for each, piece in enumerate(pieces)]
    finally:
        queue.close()
        for other in away:
            other.end()


class _Queue:
    """Numbers in a pipe. The kernel gives each to one reader, in whichever process."""

    def __init__(self, length: int) -> None:
        self._reader, writer = os.pipe()
        os.write(writer, b"".join(map(_NUMBER.pack, range(length))))
        os.close(writer)

    def __iter__(self) -> Iterator[int]:
        while taken := os.read(self._reader, _NUMBER.size):
            yield _NUMBER.unpack(taken)[0]

    def close(self) -> None:
        os.close(self._reader)


class _Away(Generic[R]):
    """A process that works, and what it brings back."""

    def __init__(self, work: Callable[[], dict[int, R]]) -> None:
        self._reader, writer = os.pipe()
        self._is_over = False
        try:
            self._pid = os.fork()
        except OSError:
            os.close(self._reader)
            os.close(writer)
            raise
        if self._pid:
            os.close(writer)
            return
        code = 1
        try:
            with open(writer, "wb") as pipe:  # noqa: PTH123 - a descriptor has no path
                pickle.dump(work(), pipe)
            code = 0
        finally:
            os._exit(code)  # nothing of the parent's may run here: no handler at exit, no buffer written twice

    def join(self) -> dict[int, R]:
        """What came back; nothing where the process died or failed."""
        with open(self._reader, "rb", closefd=False) as pipe:
            content = pipe.read()
        self._is_over = True
        _, status = os.waitpid(self._pid, 0)
        return pickle.loads(content) if content and not status else {}  # noqa: S301 - written by this program's own fork

    def end(self) -> None:
        """Let go of it, and stop it where its result is not waited for any more."""
        if not self._is_over:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._reader)
