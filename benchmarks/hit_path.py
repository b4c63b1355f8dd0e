"""What auth adds to a call while the token is good: over the bare client, and beside other libraries."""

from __future__ import annotations

import asyncio
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache, partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import clients
from harness import Effort, Goal, Row, Samples, alternate, difference, seconds
from token_endpoint import TokenEndpoint

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TITLE", "measure"]

TITLE: Final = "Cost of auth per call on the hit path"

_FIGURE: Final = "over the bare client"
# A take is about a millisecond: short enough to be let alone now and then.
_CALLS: Final = 10
_TAKES: Final = 60
_LIMIT: Final = 10.0  # microseconds


class Case(NamedTuple):
    """A client, the library it is built on, and the case without auth that it is measured against."""

    library: str
    make: clients.Make
    bare: str = ""


# They send the same request: with a token that was given to them for good.
_BARE: Final = {
    "httpx": Case("httpx", partial(clients.bare, "httpx", clients.FIXED_TOKEN)),
    "httpx2": Case("httpx2", partial(clients.bare, "httpx2", clients.FIXED_TOKEN)),
    "requests": Case("requests", partial(clients.bare_requests, clients.FIXED_TOKEN)),
    "httpx async": Case("httpx", partial(clients.bare_async, "httpx", clients.FIXED_TOKEN)),
    "httpx2 async": Case("httpx2", partial(clients.bare_async, "httpx2", clients.FIXED_TOKEN)),
    "httpx, no token": Case("httpx", partial(clients.bare, "httpx", {})),
    "httpx2, no token": Case("httpx2", partial(clients.bare, "httpx2", {})),
}
_OURS: Final = {
    "orgkey on httpx": Case("httpx", partial(clients.orgkey_on, "httpx"), "httpx"),
    "orgkey on httpx2": Case("httpx2", partial(clients.orgkey_on, "httpx2"), "httpx2"),
    "orgkey on httpx async": Case("httpx", partial(clients.orgkey_async_on, "httpx"), "httpx async"),
    "orgkey on httpx2 async": Case("httpx2", partial(clients.orgkey_async_on, "httpx2"), "httpx2 async"),
}
_PEERS: Final = {
    "google-auth on requests": Case("requests", clients.google_auth, "requests"),
    "Authlib on httpx2": Case("httpx2", clients.authlib_on_httpx2, "httpx2"),
    "Authlib on httpx2 async": Case("httpx2", clients.authlib_async_on_httpx2, "httpx2 async"),
    "Authlib on requests": Case("requests", clients.authlib_on_requests, "requests"),
    "aiosalesforce on httpx async": Case("httpx", clients.aiosalesforce, "httpx async"),
}
_CASES: Final = {**_BARE, **_OURS, **_PEERS}
# Each of ours must cost less than each of these.
_RIVALS: Final = ("google-auth on requests", "Authlib on httpx2")


def measure(effort: Effort) -> list[Row]:
    """Microseconds a call, over a data API in memory."""
    samples = _samples(effort.timed_rounds)
    cost = {name: difference(samples[name], samples[case.bare]) for name, case in _CASES.items() if case.bare}
    rows = [Row(_FIGURE, name, "µs", cost[name], Goal("≤", _LIMIT)) for name in _OURS]
    rows += [Row(_FIGURE, name, "µs", cost[name]) for name in _PEERS]
    rows += [
        Row(f"less {rival}", name, "µs", difference(cost[name], cost[rival]), Goal("<", 0))
        for rival in _RIVALS
        for name in _OURS
    ]
    return rows + [Row("the whole call, bare", name, "µs", samples[name]) for name in _BARE]


def _samples(rounds: int) -> dict[str, Samples]:
    """One sample of each case a round. Each library has a process of its own, as it has in a program.

    In one process for all, code that serves two libraries in turn would be slower than it is with either: the
    interpreter specializes it for the types that it meets.
    """
    context = get_context("spawn")
    with TokenEndpoint() as endpoint, ExitStack() as stack:
        libraries = dict.fromkeys(case.library for case in _CASES.values())
        processes = {name: stack.enter_context(ProcessPoolExecutor(1, context)) for name in libraries}
        rows = [
            {
                name: sample
                for library, process in processes.items()
                for name, sample in process.submit(_round, library, endpoint.url).result().items()
            }
            for _ in range(rounds)
        ]
    return {name: tuple(row[name] for row in rows) for name in _CASES}


def _round(library: str, login_url: str) -> dict[str, float]:
    """In the process of ``library``: one sample of each of its cases."""
    return {name: sample for name, (sample,) in alternate(_timers(library, login_url), 1, _TAKES).items()}


@cache
def _timers(library: str, login_url: str) -> dict[str, Callable[[], float]]:
    runner = asyncio.Runner()
    cases = {name: case for name, case in _CASES.items() if case.library == library}
    return {name: _timer(case.make(clients.Api(), login_url), runner) for name, case in cases.items()}


def _timer(client: clients.Client, runner: asyncio.Runner) -> Callable[[], float]:
    """What takes one sample of ``client``, after a call that shows that it works."""
    assert client.status(runner) == 200
    batch = partial(_async_batch, client.call, runner) if client.is_async else partial(_batch, client.call)
    return lambda: seconds(batch) / _CALLS * 1e6


def _batch(call: Callable[[], Any]) -> None:
    for _ in range(_CALLS):
        call()


def _async_batch(call: Callable[[], Any], runner: asyncio.Runner) -> None:
    async def batch() -> None:
        for _ in range(_CALLS):
            await call()

    runner.run(batch())
