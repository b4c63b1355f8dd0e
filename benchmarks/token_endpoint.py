"""A token endpoint, the same for everybody: counts token requests, answers them late or refuses them.

It is raw asyncio, so that it keeps up with a thousand callers at once, in a process of its own, so that it competes
with no client for an interpreter.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["INSTANCE_URL", "ORG_ID", "TOKEN_PATH", "TokenEndpoint"]

TOKEN_PATH: Final = "/services/oauth2/token"  # noqa: S105  # a path
ORG_ID: Final = "00D000000000001AAA"
# Where its tokens are good. Nothing is sent there: every client has a data API in memory under this name.
INSTANCE_URL: Final = "https://example.my.salesforce.com"

_CONTEXT: Final = multiprocessing.get_context("spawn")
_REFUSAL: Final = {"error": "invalid_grant", "error_description": "user hasn't approved this consumer"}
_BACKLOG: Final = 4_096
_STARTING: Final = 30.0


class TokenEndpoint:
    """The endpoint, while the ``with`` block lasts."""

    def __init__(self) -> None:
        self._port = _CONTEXT.Value("i", 0)
        self._requests = _CONTEXT.Value("i", 0)
        self._delay = _CONTEXT.Value("d", 0.0)
        self._is_dead = _CONTEXT.Value("b", 0)
        self._listening = _CONTEXT.Event()
        self._process = _CONTEXT.Process(
            target=_serve,
            args=(self._port, self._requests, self._delay, self._is_dead, self._listening),
            daemon=True,
        )

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

    def answers(self, *, after: float = 0.0, dead: bool = False) -> None:
        """From now on answer ``after`` seconds; where the grant is ``dead``, with a refusal."""
        self._delay.value = after
        self._is_dead.value = dead

    def forget(self) -> None:
        """Count token requests from nought."""
        self._requests.value = 0

    @property
    def requests(self) -> int:
        """Token requests that arrived since :meth:`forget`."""
        return int(self._requests.value)


def _serve(port: Any, requests: Any, delay: Any, is_dead: Any, listening: Any) -> None:
    asyncio.run(_listen(port, requests, delay, is_dead, listening))


async def _listen(port: Any, requests: Any, delay: Any, is_dead: Any, listening: Any) -> None:
    serials = count(1)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await _read_request(reader)
                requests.value += 1
                await asyncio.sleep(delay.value)
                writer.write(_refusal() if is_dead.value else _token(next(serials)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, backlog=_BACKLOG)
    port.value = server.sockets[0].getsockname()[1]
    listening.set()
    await server.serve_forever()


async def _read_request(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))


def _token(serial: int) -> bytes:
    answer = {
        "access_token": f"{ORG_ID[:15]}!{serial:096d}",
        "instance_url": INSTANCE_URL,
        "id": f"{INSTANCE_URL}/id/{ORG_ID}/005000000000001AAA",
        "token_type": "Bearer",
        "issued_at": str(time.time_ns() // 1_000_000),
        "signature": "c2lnbmF0dXJlIG9mIG5vYm9keSBpbiBwYXJ0aWN1bGFy",
        "scope": "api",
    }
    return _http("200 OK", answer)


def _refusal() -> bytes:
    return _http("400 Bad Request", _REFUSAL)


def _http(status: str, answer: dict[str, str]) -> bytes:
    body = json.dumps(answer).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
