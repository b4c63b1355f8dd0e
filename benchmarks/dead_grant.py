"""What a dead grant costs the token endpoint: callers who keep trying, then a thousand calls in a cool-down."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Final

import clients
from harness import Effort, Goal, Row, alternate
from token_endpoint import TokenEndpoint

import orgkey

__all__ = ["TITLE", "measure"]

TITLE: Final = "Token requests for a dead grant"

_CALLERS: Final = 8
_FURTHER_CALLS: Final = 1_000
_MOST: Final = 3
_OURS: Final[dict[str, clients.Make]] = {
    "orgkey on httpx": partial(clients.orgkey_on, "httpx"),
    "orgkey on httpx async": partial(clients.orgkey_async_on, "httpx"),
}
_PEERS: Final[dict[str, clients.Make]] = {
    "google-auth on requests": clients.google_auth,
    "Authlib on requests": clients.authlib_on_requests,
    "Authlib on httpx2 async": clients.authlib_async_on_httpx2,
    "aiosalesforce on httpx async": clients.aiosalesforce,
}


def measure(effort: Effort) -> list[Row]:
    """Token requests, counted by the endpoint."""
    makes = {**_OURS, **_PEERS}
    with TokenEndpoint() as endpoint, asyncio.Runner() as runner:
        hammers = {name: partial(_hammer, make, endpoint, runner, effort.hammering) for name, make in makes.items()}
        hammered = alternate(hammers, effort.rounds)
        cooled = alternate(
            {name: partial(_call_in_cooldown, make, endpoint, runner) for name, make in _OURS.items()}, effort.rounds
        )
    goals = dict.fromkeys(_OURS, Goal("≤", _MOST))
    figure = f"{_CALLERS} callers for {effort.hammering:g} s"
    rows = [Row(figure, name, "", hammered[name], goals.get(name)) for name in makes]
    figure = f"{_FURTHER_CALLS:,} further calls in the cool-down"
    return rows + [Row(figure, name, "", cooled[name], Goal("=", 0)) for name in _OURS]


def _hammer(make: clients.Make, endpoint: TokenEndpoint, runner: asyncio.Runner, seconds: float) -> int:
    """Token requests while all callers try again as fast as they can."""
    client = _with_dead_grant(make, endpoint, runner)
    until = time.monotonic() + seconds
    if client.is_async:
        runner.run(_try_in_tasks(client, until))
    else:
        _try_in_threads(client, until)
    return endpoint.requests


def _call_in_cooldown(make: clients.Make, endpoint: TokenEndpoint, runner: asyncio.Runner) -> int:
    """Token requests of the calls after the one that began the cool-down; each of them says what is wrong."""
    client = _with_dead_grant(make, endpoint, runner)
    causes = []
    for _ in range(1 + _FURTHER_CALLS):
        try:
            client.status(runner)
        except orgkey.TokenRequestError as error:
            causes.append(error.diagnosis.cause.id)
    assert len(causes) == 1 + _FURTHER_CALLS
    assert len(set(causes)) == 1
    return endpoint.requests - 1


def _with_dead_grant(make: clients.Make, endpoint: TokenEndpoint, runner: asyncio.Runner) -> clients.Client:
    """A client that worked once, and whose token then expired and whose grant died."""
    endpoint.answers()
    client = make(clients.Api(), endpoint.url)
    assert client.status(runner) == 200
    endpoint.answers(dead=True)
    client.expire()
    endpoint.forget()
    return client


def _try_in_threads(client: clients.Client, until: float) -> None:
    def keep_trying() -> None:
        while time.monotonic() < until:
            with suppress(Exception):  # each library has an error of its own for it
                client.call()

    threads = [threading.Thread(target=keep_trying) for _ in range(_CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def _try_in_tasks(client: clients.Client, until: float) -> None:
    async def keep_trying() -> None:
        while time.monotonic() < until:
            with suppress(Exception):
                await client.call()
            # A call that is refused at once never yields; the other callers want their turn.
            await asyncio.sleep(0)

    await asyncio.gather(*(keep_trying() for _ in range(_CALLERS)))
