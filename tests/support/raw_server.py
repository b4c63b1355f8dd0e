"""A server on loopback that answers with exact bytes: for what no well-behaved server can be told to say."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    Answer = bytes | Callable[[str, bytes], bytes | Iterable[bytes]]

ORG_ID = "00D5g000004HfQrEAK"
USER_ID = "0055g00000BnLmAAAV"

_LENGTH = re.compile(rb"(?im)^content-length: *(\d+)")


class RawServer:
    """Answers each connection's one request with ``answer``, then closes it.

    ``answer`` is the whole answer, or a function that is given the request's first line and the whole request and
    returns the answer at once or in pieces, each sent on its own. ``requests`` holds what came in. It speaks TLS where
    it is given a context; with ``resets`` it ends connections by a reset.
    """

    def __init__(self, answer: Answer = b"", host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.resets = False
        self._tls = tls
        self.requests: list[bytes] = []
        self.ended = threading.Event()
        self._listener = socket.create_server((host, 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._visitors: dict[threading.Thread, socket.socket] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for open_socket in (self._listener, *self._visitors.values()):
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in (self._thread, *self._visitors):
            thread.join(10)

    def pause(self, seconds: float) -> None:
        """Let a piecemeal answer wait; cut short when the server ends."""
        self.ended.wait(seconds)

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.split(b" ", 2)[1].decode() for request in self.requests]

    def _accept(self) -> None:
        while not self.ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._visit, args=(connection,), daemon=True)
            self._visitors = {
                thread: connection,
                **{visitor: its for visitor, its in self._visitors.items() if visitor.is_alive()},
            }
            thread.start()

    def _pieces(self, request: bytes) -> Iterable[bytes]:
        if isinstance(self.answer, bytes):
            return [self.answer]
        answer = self.answer(request.split(b"\r\n", 1)[0].decode("latin-1"), request)
        return [answer] if isinstance(answer, bytes) else answer

    def _visit(self, plain: socket.socket) -> None:
        with plain, suppress(OSError):
            plain.settimeout(10)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._tls.wrap_socket(plain, server_side=True) if self._tls else plain as connection:
                self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        request = read_request(connection)
        if not request:
            return
        self.requests.append(request)
        for piece in self._pieces(request):
            if self.ended.is_set():
                return
            connection.sendall(piece)
        if self.resets:
            reset(connection)
            return
        # Everything is sent before the end, even where the client still talks.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


class RawOrg(RawServer):
    """A token endpoint that numbers its tokens (``RawOrg.token(1)`` ...), and an API that answers with ``api``."""

    def __init__(self, api: Answer = b"", host: str = "127.0.0.1") -> None:
        super().__init__(self._dispatch, host)
        self.api = api
        self.api_requests: list[bytes] = []
        self.token_requests = 0

    @staticmethod
    def token(number: int) -> str:
        """The access token of the ``number``-th answer."""
        return f"{ORG_ID}!AQ{number:04}{'x' * 26}"

    def _dispatch(self, line: str, request: bytes) -> bytes | Iterable[bytes]:
        if line.startswith("POST /services/oauth2/token "):
            self.token_requests += 1
            return token_answer(self.url, self.token(self.token_requests))
        self.api_requests.append(request)
        return self.api(line, request) if callable(self.api) else self.api


def header(request: bytes, name: str) -> str | None:
    """A header of a request that came in; None where it has none of that name."""
    lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return next((line.partition(":")[2].strip() for line in lines if line.lower().startswith(f"{name}:".lower())), None)


def body(request: bytes) -> bytes:
    """The body of a request that came in."""
    return request.partition(b"\r\n\r\n")[2]


def reset(connection: socket.socket) -> None:
    """Close it, and let the other end meet a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def read_request(connection: socket.socket) -> bytes:
    """One whole request; what there is of it where the client leaves in the middle."""
    data = b""
    while not _is_whole(data):
        piece = connection.recv(65536)
        if not piece:
            break
        data += piece
    return data


def _is_whole(data: bytes) -> bool:
    head, end, content = data.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        return content.endswith(b"0\r\n\r\n")
    length = _LENGTH.search(head)
    return bool(end) and (length is None or len(content) >= int(length[1]))


def http(status: int, body: bytes | str = b"", *, length: int | None = None, **headers: str) -> bytes:
    """A whole HTTP/1.1 answer. Header names are written with underscores; ``length`` may lie."""
    content = body.encode() if isinstance(body, str) else body
    lines = {
        "Content-Type": "application/json",
        "Content-Length": str(len(content) if length is None else length),
        "Connection": "close",
        **{name.replace("_", "-").title(): value for name, value in headers.items()},
    }
    head = f"HTTP/1.1 {status} Whatever\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode("latin-1") + b"\r\n" + content


def token_answer(instance_url: str, token: str = "", /, **changes: Any) -> bytes:
    """A sound answer of the token endpoint, with ``changes``; a field that is changed to None is left out."""
    fields = {
        "access_token": token or f"{ORG_ID}!AQ{'x' * 30}",
        "instance_url": instance_url,
        "id": f"https://login.salesforce.com/id/{ORG_ID}/{USER_ID}",
        "token_type": "Bearer",
        "issued_at": "1800000000000",
        "scope": "api",
        **changes,
    }
    return http(200, json.dumps({name: value for name, value in fields.items() if value is not None}))
