"""A token endpoint that rotates refresh tokens without any grace, in a process of its own, and tenants at it.

A refresh token is its family's name and a number: the endpoint knows of a family from its first request on. Whoever
shows another token than the family's current one is refused, and ends the family, as Salesforce does.
"""

from __future__ import annotations

import asyncio
import base64
import json
import multiprocessing
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qs

import token_endpoint

import orgkey
from orgkey_tenants import State, Tenants
from orgkey_tenants.record import Audit, TenantRecord

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

__all__ = ["CLIENT_ID", "RotatingEndpoint", "add_tenants", "first_token", "open_tenants"]

CLIENT_ID: Final = "bench-consumer-key"
_CONTEXT: Final = multiprocessing.get_context("spawn")
_STARTING: Final = 30.0


class RotatingEndpoint:
    """The endpoint, while the ``with`` block lasts."""

    def __init__(self) -> None:
        self._port = _CONTEXT.Value("i", 0)
        self._requests = _CONTEXT.Value("i", 0)
        self._reuses = _CONTEXT.Value("i", 0)
        self._delay = _CONTEXT.Value("d", 0.0)
        self._held = _CONTEXT.Value("b", 0)
        self._listening = _CONTEXT.Event()
        shared = (self._port, self._requests, self._reuses, self._delay, self._held, self._listening)
        self._process = _CONTEXT.Process(target=_serve, args=shared, daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        if not self._listening.wait(_STARTING):
            self.__exit__(None, None, None)
            msg = f"The token endpoint did not listen within {_STARTING:g} s."
            raise TimeoutError(msg)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def url(self) -> str:
        """The login URL: an http address of this machine."""
        return f"http://127.0.0.1:{self._port.value}"

    def answers(self, *, after: float = 0.0) -> None:
        """From now on rotate at once, and answer after so many seconds."""
        self._delay.value = after

    def hold(self, *, held: bool = True) -> None:
        """Work on no request until told otherwise; those whose sender dies meanwhile never arrive."""
        self._held.value = held

    def forget(self) -> None:
        """Count from nought."""
        self._requests.value = self._reuses.value = 0

    @property
    def requests(self) -> int:
        """Token requests that arrived since :meth:`forget`."""
        return int(self._requests.value)

    @property
    def reuses(self) -> int:
        """How many of them showed a refresh token that was not the current one."""
        return int(self._reuses.value)


def first_token(family: str) -> str:
    """The refresh token that a consent gave."""
    return f"{family}.0"


def open_tenants(folder: Path, url: str = "", **settings: Any) -> Tenants:
    """The product's tenants, as each of its processes opens them: by default in a SQLite file of ``folder``."""
    key = folder / "master.key"
    if not key.exists():
        key.touch(0o600)
        key.write_text(base64.b64encode(os.urandom(32)).decode())
    defaults = {"keys": f"file:{key}", "client_id": CLIENT_ID, "journal": str(folder / "journal"), "every": 0.0}
    url = url or f"sqlite:///{folder / 'tenants.db'}"
    return Tenants(url, **{**defaults, "allow_loopback_http": True, "wait": None, **settings})


def add_tenants(tenants: Tenants, login_url: str, names: Iterable[str], *, keepalive_at: float | None = None) -> None:
    """Put tenants into the store, ACTIVE, each with its family's first refresh token, as a consent does."""
    store, sealer = tenants.store, tenants.sealer
    for name in names:
        key = sealer.newest(name)
        sealed = sealer.seal(key, orgkey.Secret(first_token(name)), kind="refresh_token", family=name)
        record = TenantRecord(tenant=name, state=State.ACTIVE, login_url=login_url, client_id=CLIENT_ID, family=name)
        record = replace(record, sealed=sealed, dek_version=key.version, keepalive_at=keepalive_at)
        assert store.create(record, Audit.of(record, "consented", by="bench", at=time.time()))


def _serve(*shared: Any) -> None:
    asyncio.run(_listen(*shared))


async def _listen(*shared: Any) -> None:
    port, requests, reuses, delay, held, listening = shared
    current: dict[str, int | None] = {}

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                shown = await _read_refresh_token(reader)
                while held.value:  # noqa: ASYNC110  # set by another process: there is no event to await
                    await asyncio.sleep(0.01)
                if reader.at_eof():
                    break
                requests.value += 1
                family, _, number = shown.rpartition(".")
                is_current = current.get(family, 0) == int(number)
                current[family] = int(number) + 1 if is_current else None
                reuses.value += not is_current
                await asyncio.sleep(delay.value)
                writer.write(_token(family, int(number) + 1) if is_current else _REFUSAL)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, backlog=4_096)
    port.value = server.sockets[0].getsockname()[1]
    listening.set()
    await server.serve_forever()


async def _read_refresh_token(reader: asyncio.StreamReader) -> str:
    head = await reader.readuntil(b"\r\n\r\n")
    (length,) = (
        int(line.partition(b":")[2]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    return parse_qs((await reader.readexactly(length)).decode())["refresh_token"][0]


def _token(family: str, number: int) -> bytes:
    url = token_endpoint.INSTANCE_URL
    return _http(
        "200 OK",
        {
            "access_token": f"{token_endpoint.ORG_ID[:15]}!{f'{family}.{number}':x>96}",
            "refresh_token": f"{family}.{number}",
            "instance_url": url,
            "id": f"{url}/id/{token_endpoint.ORG_ID}/005000000000001AAA",
            "token_type": "Bearer",
            "issued_at": str(time.time_ns() // 1_000_000),
            "scope": "api refresh_token",
        },
    )


def _http(status: str, answer: dict[str, str]) -> bytes:
    body = json.dumps(answer).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


_REFUSAL: Final = _http(
    "400 Bad Request", {"error": "invalid_grant", "error_description": "expired access/refresh token"}
)
