"""The connections behind all sessions of this process: one pool for threads, one per event loop for tasks."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final

import httpx2

import orgkey
from orgkey_records.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["async_client", "sync_client"]

# Finding a free connection takes a pool time in proportion to its connections, so a fan-out of hundreds of calls is
# quicker over several small pools than over one large (measured: benchmarks/langchain_tools.py).
SHARDS: Final = 8
FULL: Final = 16
_KEPT: Final = 32
_KEPT_SECONDS: Final = 30.0

_lock = threading.Lock()
_for_threads: dict[tuple[str | None, str | None], httpx2.Client] = {}
_for_loops: dict[tuple[int, str | None, str | None], _Shards] = {}


def sync_client(settings: orgkey.HTTPSettings) -> httpx2.Client:
    """The client for threads, with the proxy and CA file of ``settings``. It is shared: nobody closes it."""
    key = settings.proxy, settings.ca_file
    client = _for_threads.get(key)
    if client is None:
        with _lock:
            client = _for_threads.get(key)
            if client is None:
                client = _for_threads[key] = orgkey.make_client(
                    httpx2.Client, settings, **_options(settings, _KEPT * SHARDS)
                )
    return client


@asynccontextmanager
async def async_client(settings: orgkey.HTTPSettings) -> AsyncIterator[httpx2.AsyncClient]:
    """A client for one call of a task of the running event loop, when it is this call's turn."""
    loop = asyncio.get_running_loop()
    key = id(loop), settings.proxy, settings.ca_file
    shards = _for_loops.get(key)
    if shards is None or shards.loop is not loop:
        with _lock:
            _forget_closed_loops()
            shards = _for_loops[key] = _Shards(loop, settings)
    await shards.turns.mine()
    shard = shards.choose()
    shard.calls += 1
    try:
        yield shard.client
    finally:
        shard.calls -= 1


class _Shard:
    """One of an event loop's clients, and how many calls are on their way in it."""

    __slots__ = ("calls", "client")

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.calls = 0


class _Shards:
    """The clients of one event loop."""

    __slots__ = ("_shards", "loop", "turns")

    def __init__(self, loop: asyncio.AbstractEventLoop, settings: orgkey.HTTPSettings) -> None:
        self.loop = loop
        self.turns = Turns(loop)
        made = _options(settings, _KEPT)
        self._shards = [_Shard(orgkey.make_client(httpx2.AsyncClient, settings, **made)) for _ in range(SHARDS)]

    def choose(self) -> _Shard:
        """The first shard with room, so that few calls share few connections; else the one with the fewest calls."""
        for shard in self._shards:
            if shard.calls < FULL:
                return shard
        return min(self._shards, key=_calls)


def _calls(shard: _Shard) -> int:
    return shard.calls


def _options(settings: orgkey.HTTPSettings, kept: int) -> dict[str, Any]:
    return {
        "verify": orgkey.tls_context(settings.ca_file),
        # No upper limit: who makes many calls at once decides how many, and a queue here would only hide it.
        "limits": httpx2.Limits(max_connections=None, max_keepalive_connections=kept, keepalive_expiry=_KEPT_SECONDS),
        # A client that many sessions share must not carry one's cookies to another.
        "cookies": CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        "headers": {"User-Agent": "orgkey-records", "Accept": "application/json"},
    }


def _forget_closed_loops() -> None:
    for key in [key for key, shards in _for_loops.items() if shards.loop.is_closed()]:
        del _for_loops[key]


def _close() -> None:
    """At the end of the process; the clients of tasks end with their loops."""
    for client in _for_threads.values():
        client.close()


def _forget_all() -> None:
    """In a forked child: the parent's connections are the parent's."""
    global _lock  # noqa: PLW0603  # some thread of the parent may have held it
    _lock = threading.Lock()
    _for_threads.clear()
    _for_loops.clear()


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
