"""An HTTP CONNECT proxy that leads every Salesforce host name to the world, and nothing anywhere else."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final, cast

from orgkey_sim.hosts import is_salesforce_host

if TYPE_CHECKING:
    from orgkey_sim.server import Connections

__all__ = ["ConnectProxy"]

_CONNECT: Final = re.compile(rb"CONNECT (\[[^\]\s]+\]|[^:\s]+):\d+ HTTP/1\.[01]\r\n")
_LARGEST_HEAD: Final = 16 * 1024
_END_OF_HEAD: Final = b"\r\n\r\n"


class _End(asyncio.Protocol):
    """One end of a tunnel: passes on to the other what comes in."""

    def __init__(self, connections: Connections) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None
        self.connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.connections.add(self.transport)

    def data_received(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self.transport is not None:
            self.connections.discard(self.transport)
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()


class ConnectProxy(_End):
    """The client's end: reads one CONNECT request, then becomes a tunnel to the https server at ``port``."""

    def __init__(self, connections: Connections, address: str, port: int) -> None:
        super().__init__(connections)
        self._target = (address, port)
        self._head = b""
        self._opening: asyncio.Task[None] | None = None

    def data_received(self, data: bytes) -> None:
        """Gather the request's head; after that, pass on."""
        if self.other is not None:
            super().data_received(data)
            return
        self._head += data
        if _END_OF_HEAD not in self._head and len(self._head) < _LARGEST_HEAD:
            return
        transport = cast("asyncio.Transport", self.transport)
        refusal = _refusal(self._head)
        if refusal is not None:
            transport.write(refusal)
            transport.close()
        elif self._opening is None:
            transport.pause_reading()
            self._opening = asyncio.get_running_loop().create_task(self._open())

    async def _open(self) -> None:
        transport = cast("asyncio.Transport", self.transport)
        inner = _End(self.connections)
        await asyncio.get_running_loop().create_connection(lambda: inner, *self._target)
        inner.other, self.other = self, inner
        transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        _, _, early = self._head.partition(_END_OF_HEAD)
        super().data_received(early)
        transport.resume_reading()


def _refusal(head: bytes) -> bytes | None:
    """What to answer a request that is not let through."""
    found = _CONNECT.match(head)
    if found is None:
        return _answer(b"405 Method Not Allowed", "This proxy takes CONNECT only: use https addresses.")
    host = found[1].decode("latin-1")
    if is_salesforce_host(host):
        return None
    return _answer(b"403 Forbidden", f"This proxy leads to Salesforce hosts only. Nothing was sent to {host}.")


def _answer(status: bytes, text: str) -> bytes:
    body = f"{text}\n".encode()
    head = b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return head % (status, len(body)) + body
