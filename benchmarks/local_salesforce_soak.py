"""200 clients on the local Salesforce for a minute, while their sessions die: what it answers, and what it keeps."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx
import local_salesforce
import psutil
from harness import Effort, Goal, Row

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["TITLE", "measure"]

TITLE: Final = "200 clients on the local Salesforce for a minute"

_CLIENTS: Final = 200
_DEATHS: Final = 6
_MIB: Final = 1024 * 1024


def measure(effort: Effort) -> list[Row]:
    """Answers by kind, and memory at the end beside memory after a third, when every cache has seen all of its work."""
    seconds = 60.0 if effort.rounds > 3 else 9.0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        ready = stack.enter_context(local_salesforce.serving(local_salesforce.world_file(folder, "soak.toml", 2_000)))
        local_salesforce.lift_login_limit(ready["control_url"])
        server = next(
            each
            for each in psutil.Process().children(recursive=True)
            if any(port.laddr.port == urlsplit(ready["http_url"]).port for port in each.net_connections())
        )
        soak = _Soak(ready, server, seconds)
        asyncio.run(soak.run())
    print(f"  {soak.answers.total()} answers: {dict(soak.answers)}; MiB: {soak.mebibytes}", flush=True)
    settled, end = soak.mebibytes[len(soak.mebibytes) // 3], soak.mebibytes[-1]
    fives = sum(number for status, number in soak.answers.items() if status >= 500)
    return [
        Row("answers 5xx", "orgkey-sim", "", (float(fives),), Goal("=", 0)),
        Row("connections that broke", "orgkey-sim", "", (float(soak.broken),), Goal("=", 0)),
        Row("memory that the last two thirds added", "orgkey-sim", "MiB", (end - settled,), Goal("≤", 10)),
        Row("memory at the end", "orgkey-sim", "MiB", (end,)),
        Row("answers", "orgkey-sim", "", (float(soak.answers.total()),)),
        Row("answers 401, session expired", "orgkey-sim", "", (float(soak.answers[401]),)),
    ]


class _Soak:
    """The clients, and what they saw."""

    def __init__(self, ready: dict[str, Any], server: psutil.Process, seconds: float) -> None:
        self._org = ready["orgs"][0]
        self._control = ready["control_url"]
        self._server = server
        self._seconds = seconds
        self._end = time.perf_counter() + seconds
        self._login = local_salesforce.login_request(self._org)
        self.answers: Counter[int] = Counter()
        self.mebibytes: list[float] = []
        self.broken = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for number in range(_CLIENTS):
                tasks.create_task(self._client(number))
            tasks.create_task(self._end_sessions())
            tasks.create_task(self._watch_memory())

    async def _client(self, number: int) -> None:
        where = urlsplit(self._org["login_url"])
        try:
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            async for _ in self._calls(reader, writer, number):
                pass
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            self.broken += 1

    async def _calls(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> AsyncIterator[int]:
        token = ""
        for turn in itertools.count(number):
            if time.perf_counter() > self._end:
                return
            request = _request(token, turn) if token else self._login
            writer.write(request)
            status, body = await _answer(reader)
            self.answers[status] += 1
            if request is self._login:
                token = json.loads(body)["access_token"]
            elif status in {401, 403}:  # userinfo says it with 403
                token = ""
            yield status

    async def _end_sessions(self) -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            for _ in range(_DEATHS):
                await asyncio.sleep(self._seconds / (_DEATHS + 1))
                (await client.post(f"{self._control}/orgs/acme/expire_sessions")).raise_for_status()

    async def _watch_memory(self) -> None:
        while time.perf_counter() < self._end:
            await asyncio.sleep(self._seconds / 30)
            self.mebibytes.append(round(self._server.memory_info().rss / _MIB, 1))


def _request(token: str, turn: int) -> bytes:
    data = "/services/data/v64.0"
    query = "SELECT+Id,Name,Account.Name+FROM+Contact+WHERE+LastName+!=+'x{}'+LIMIT+50"
    path = (
        f"{data}/query?q={query.format(turn)}",
        f"{data}/sobjects/Contact/describe",
        f"{data}/limits",
        f"{data}/query?q=SELECT+COUNT()+FROM+Account",
        "/services/oauth2/userinfo",
    )[turn % 5]
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode("ascii")


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if b"transfer-encoding: chunked" in head:
        parts = []
        while size := int(await reader.readuntil(b"\r\n"), 16):
            parts.append((await reader.readexactly(size + 2))[:-2])
        await reader.readexactly(2)
        return status, b"".join(parts)
    length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    return status, await reader.readexactly(length)
