"""A proxy on loopback that leads everything to one server, by CONNECT or by forwarding, and fails where it is told to."""

from __future__ import annotations

import select
import socket

from raw_server import RawServer, http, read_request, reset


class RelayProxy(RawServer):
    """Leads to ``port`` whatever host it is asked for.

    ``fails`` names what goes wrong before anything is passed on: it ``refuses``, it ``drops`` the request to it
    unanswered, or it ``opens`` the tunnel and drops that.
    """

    def __init__(self, port: int, fails: str = "") -> None:
        super().__init__()
        self._target = port
        self._fails = fails

    def _serve(self, connection: socket.socket) -> None:
        request = read_request(connection)
        self.requests.append(request)
        if self._fails == "refuses":
            connection.sendall(http(407, "who are you?"))
        if self._fails in {"refuses", "drops"}:
            return
        is_tunnel = request.startswith(b"CONNECT ")
        try:
            inner = socket.create_connection(("127.0.0.1", self._target), timeout=10)
        except ConnectionRefusedError:
            connection.sendall(http(502, "nobody is there"))
            return
        with inner:
            if is_tunnel:
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            if self._fails == "opens":
                return
            if not is_tunnel:
                inner.sendall(request)
            _relay(connection, inner)


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Pass on what comes, until either is through; a reset is passed on as a reset."""
    # In one thread: a socket that another thread waits for is not closed while it does.
    others = {one: other, other: one}
    while True:
        for source in select.select([one, other], [], [], 10)[0] or [one]:
            try:
                piece = source.recv(65536)
            except ConnectionResetError:
                reset(others[source])
                return
            if not piece:
                return
            others[source].sendall(piece)
