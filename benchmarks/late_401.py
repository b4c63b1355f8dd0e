"""Whether a 401 that arrives late, after another caller renewed, costs a second token request."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

import clients
from harness import Effort, Goal, Row, alternate
from token_endpoint import TokenEndpoint

__all__ = ["TITLE", "measure"]

TITLE: Final = "Token requests for a late 401"

_FIGURE: Final = "beyond the first caller's renewal"
_OURS: Final[dict[str, clients.Make]] = {
    "orgkey on httpx": partial(clients.orgkey_on, "httpx"),
    "orgkey on httpx2": partial(clients.orgkey_on, "httpx2"),
    "orgkey on httpx async": partial(clients.orgkey_async_on, "httpx"),
    "orgkey on httpx2 async": partial(clients.orgkey_async_on, "httpx2"),
}
_PEERS: Final[dict[str, clients.Make]] = {
    "google-auth on requests": clients.google_auth,
    "aiosalesforce on httpx async": clients.aiosalesforce,
}


def measure(effort: Effort) -> list[Row]:
    """Token requests, counted by the endpoint."""
    makes = {**_OURS, **_PEERS}
    with TokenEndpoint() as endpoint, asyncio.Runner() as runner:
        counts = {case: partial(_extra_requests, make, endpoint, runner) for case, make in makes.items()}
        samples = alternate(counts, effort.rounds)
    goals = {case: Goal("=", 0) for case in _OURS}
    return [Row(_FIGURE, case, "", samples[case], goals.get(case)) for case in makes]


def _extra_requests(make: clients.Make, endpoint: TokenEndpoint, runner: asyncio.Runner) -> int:
    """Token requests of a call while which another one, sent with the same token, is rejected, renews and succeeds."""
    api = clients.Api()
    client = make(api, endpoint.url)
    assert client.status(runner) == 200
    client.expire()
    endpoint.forget()
    api.during_next_call(client.call)
    assert client.status(runner) == 200
    return endpoint.requests - 1
