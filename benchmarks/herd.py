"""How many token requests a herd makes: many callers whose token expires at the same moment."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import clients
from harness import Effort, Goal, Row, alternate
from token_endpoint import TokenEndpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

__all__ = ["TITLE", "measure"]

TITLE: Final = "Token requests when a herd meets an expired token"

_DELAYS: Final = {"at once": 0.0, "after 50 ms": 0.05, "after 1 s": 1.0}
_CONTEXT: Final = multiprocessing.get_context("spawn")


class Herd(NamedTuple):
    """Who calls at once: in each of ``processes``, ``callers`` threads or tasks that share a client."""

    name: str
    processes: int
    callers: int
    cases: dict[str, clients.Make]
    gather: Callable[[clients.Client, int], Callable[[], int]]


def measure(effort: Effort) -> list[Row]:
    """Token requests, counted by the endpoint; once per process is what is needed."""
    rows: list[Row] = []
    with TokenEndpoint() as endpoint:
        for herd in _HERDS:
            with _pens(herd) as pens:
                for when, delay in _DELAYS.items():
                    endpoint.answers(after=delay)
                    counts = {case: partial(_stampede, herd, case, pens, endpoint) for case in herd.cases}
                    samples = alternate(counts, effort.rounds)
                    figure = f"{herd.name}, endpoint answers {when}"
                    rows += [_row(figure, herd, case, samples[case]) for case in herd.cases]
    return rows


def _row(figure: str, herd: Herd, case: str, samples: tuple[float, ...]) -> Row:
    # One in each process: every process needs at least one, since its calls succeed and its token is its own.
    goal = Goal("=", herd.processes) if case.startswith("orgkey") else None
    return Row(figure, case, "", samples, goal)


def _stampede(herd: Herd, case: str, pens: list[Connection], endpoint: TokenEndpoint) -> int:
    """Let the herd loose once. Returns how many token requests it made."""
    for pen in pens:
        pen.send((case, endpoint.url))
    for pen in pens:
        pen.recv()
    endpoint.forget()
    for pen in pens:
        pen.send("go")
    served = sum(pen.recv() for pen in pens)
    assert served == herd.processes * herd.callers, f"{case}: {served} calls of the herd came back"
    return endpoint.requests


@contextmanager
def _pens(herd: Herd) -> Iterator[list[Connection]]:
    """The herd's processes, each at the other end of a connection."""
    with ExitStack() as stack:
        pens = []
        for _ in range(herd.processes):
            ours, theirs = _CONTEXT.Pipe()
            process = _CONTEXT.Process(target=_wait_in_pen, args=(theirs, _HERDS.index(herd)), daemon=True)
            process.start()
            theirs.close()  # so that a process that dies is noticed, not waited for
            stack.callback(process.join)
            stack.callback(ours.send, None)
            pens.append(ours)
        yield pens


def _wait_in_pen(outside: Connection, index: int) -> None:
    herd = _HERDS[index]
    while (order := outside.recv()) is not None:
        case, login_url = order
        client = herd.cases[case](clients.Api(), login_url)
        run = herd.gather(client, herd.callers)
        client.expire()
        outside.send("ready")
        outside.recv()
        outside.send(run())


def _threads(client: clients.Client, callers: int) -> Callable[[], int]:
    """Threads that are there and wait. Returns what lets them call, and counts the calls that succeeded."""
    start = threading.Event()
    statuses: list[int] = []

    def call() -> None:
        start.wait()
        statuses.append(client.call())

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()

    def run() -> int:
        start.set()
        for thread in threads:
            thread.join()
        return statuses.count(200)

    return run


def _tasks(client: clients.Client, callers: int) -> Callable[[], int]:
    """Tasks of one event loop, started together."""

    async def call_all() -> int:
        statuses = await asyncio.gather(*(client.call() for _ in range(callers)))
        return statuses.count(200)

    return lambda: asyncio.run(call_all())


_SYNC: Final[dict[str, clients.Make]] = {
    "orgkey on httpx": partial(clients.orgkey_on, "httpx"),
    "google-auth on requests": clients.google_auth,
    "Authlib on requests": clients.authlib_on_requests,
}
_ASYNC: Final[dict[str, clients.Make]] = {
    "orgkey on httpx": partial(clients.orgkey_async_on, "httpx"),
    "aiosalesforce on httpx": clients.aiosalesforce,
    "Authlib on httpx2": clients.authlib_async_on_httpx2,
}
_HERDS: Final = (
    Herd("1,000 threads", 1, 1_000, _SYNC, _threads),
    Herd("1,000 tasks", 1, 1_000, _ASYNC, _tasks),
    Herd("8 processes x 125 threads", 8, 125, _SYNC, _threads),
)
