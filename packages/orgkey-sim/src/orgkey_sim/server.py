"""The server: listens on any number of ports from one thread, and cuts connections when told to."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from orgkey_sim.clock import sleep

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Coroutine

    from starlette.types import ASGIApp, Scope

__all__ = ["Connections", "Server", "bind", "cut", "port_of"]

_KEEP_ALIVE: Final = 120
"""Seconds an idle connection stays open. Where a client's pool expects more, it meets "server disconnected"."""
_BACKLOG: Final = 2048
_STOP_WITHIN: Final = 5.0
_TURNS: Final = 20
_STATE_KEY: Final = "orgkey_sim.connections"

_Result = TypeVar("_Result")


class Connections:
    """The open connections of a server: ASGI has no way to cut one, so the transports are kept at hand."""

    def __init__(self) -> None:
        self._open: dict[tuple[object, object], asyncio.Transport] = {}

    def add(self, transport: asyncio.Transport) -> None:
        """Note a connection that was made."""
        self._open[_ends(transport)] = transport

    def discard(self, transport: asyncio.Transport) -> None:
        """Forget one that is closed."""
        self._open.pop(_ends(transport), None)

    def abort(self, server: object, client: object) -> None:
        """Cut the connection between two addresses, as a crashed server or a broken line would."""
        transport = self._open.get((server, client))
        if transport is not None:
            transport.abort()

    def abort_all(self) -> None:
        """Cut every connection."""
        for transport in tuple(self._open.values()):
            transport.abort()

    def __len__(self) -> int:
        return len(self._open)


def _ends(transport: asyncio.Transport) -> tuple[object, object]:
    server, client = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
    return (server and tuple(server[:2])), (client and tuple(client[:2]))


class _HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which tells `Connections` of its transport."""

    def __init__(self, config: uvicorn.Config, state: ServerState, connections: Connections) -> None:
        super().__init__(config, state, {_STATE_KEY: connections})
        # Its lines would go to the log of whoever embeds a world; the request log is for that.
        self.access_log = False
        self._connections = connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self.transport)
        super().connection_lost(exc)


def cut(scope: Scope) -> None:
    """Cut the connection that a request came over."""
    connections: Connections = scope["state"][_STATE_KEY]
    connections.abort(scope["server"], scope["client"])


def bind(address: str, port: int = 0) -> socket.socket:
    """A listening socket; port 0 takes any that is free.

    Raises OSError where the port is taken or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it on, answers take 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def port_of(listening: socket.socket) -> int:
    """The port that a socket listens at."""
    port: int = listening.getsockname()[1]
    return port


class Server:
    """One thread with one event loop, in which everything that listens runs, from the start until `stop`."""

    def __init__(self) -> None:
        self.connections = Connections()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="orgkey-sim", daemon=True)
        self._state = ServerState()
        self._listeners: list[asyncio.Server] = []
        self._thread.start()

    def serve_http(self, app: ASGIApp, listening: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        """Serve an ASGI application on a socket from now on."""
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            timeout_keep_alive=_KEEP_ALIVE,
            proxy_headers=False,
            date_header=False,
            server_header=False,
        )
        config.load()
        self.serve(lambda: _HttpProtocol(config, self._state, self.connections), listening, tls)

    def serve(
        self, protocol: Callable[[], asyncio.Protocol], listening: socket.socket, tls: ssl.SSLContext | None = None
    ) -> None:
        """Serve any protocol on a socket from now on."""
        self._listeners.append(self._run(self._loop.create_server(protocol, sock=listening, ssl=tls, backlog=_BACKLOG)))

    def stop(self) -> None:
        """Close everything and end the thread. Requests at work are cut off."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_WITHIN)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _close(self) -> None:
        for listener in self._listeners:
            listener.close()
        # A transport is gone one turn of the loop after it is aborted; one of a proxied connection then ends another.
        for _ in range(_TURNS):
            self.connections.abort_all()
            await sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()
