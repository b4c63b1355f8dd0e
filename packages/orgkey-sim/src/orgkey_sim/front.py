"""What every request passes through: finding its door, meeting its fault, and getting its line in the log."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections import deque
from email.utils import formatdate
from typing import TYPE_CHECKING, Final

from orgkey_sim.clock import sleep
from orgkey_sim.endpoints import endpoint_of
from orgkey_sim.faults import Fault
from orgkey_sim.requestlog import Entry
from orgkey_sim.server import cut
from orgkey_sim.visit import Visit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from orgkey_sim.directory import Directory

__all__ = ["Front"]

_GARBLE: Final = b'<!DOCTYPE html><html><head><title>Down for maintenance</title></head><body><p>{"access_to'
_DRIP_INTERVAL: Final = 0.05
_NO_FAULT: Final = Fault()


class Front:
    """The ASGI application that all hosts of a world share."""

    def __init__(self, directory: Directory, app: ASGIApp) -> None:
        self._directory = directory
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            # Only the end of the world cancels a request, and then nobody waits for its answer.
            with contextlib.suppress(asyncio.CancelledError):
                await self._respond(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        directory = self._directory
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
        endpoint = endpoint_of(scope["path"])
        entry = Entry(directory.clock.now(), scope["method"], host, scope["path"], endpoint)
        door = directory.door(scope["scheme"], host, scope["server"][1])
        client = scope["client"]
        visit = Visit(directory, door, entry, client[0] if client else "127.0.0.1")
        visit.attach(scope)
        faults = directory.faults if door.org is None else door.org.faults
        fault = faults.take(endpoint)
        answer = _Answer(scope, receive, send, visit, fault or _NO_FAULT)
        if fault is not None:
            entry.fault = fault.label
            if fault.delay:
                await sleep(fault.delay)
            if fault.drop == "before":
                await answer.drop()
                return
            if fault.status:
                await answer.whole(fault.status, fault.body.encode(), fault.content_type)
                return
            if fault.repeat:
                receive = await self._work_once(scope, receive)
                answer = _Answer(scope, receive, send, visit, fault)
        if door.role == "nowhere":
            await answer.whole(404, f"No org of this world is at {host}.\n".encode(), "text/plain; charset=utf-8")
        else:
            await self._app(scope, receive, answer)

    async def _work_once(self, scope: Scope, receive: Receive) -> Receive:
        """Let the org work on the request for nobody, and return what lets it read the same request again."""
        messages: list[Message] = []
        while not messages or messages[-1].get("more_body"):
            messages.append(await receive())

        async def nobody(message: Message) -> None:
            del message

        def again() -> Receive:
            waiting = deque(messages)

            async def read() -> Message:
                return waiting.popleft() if waiting else await receive()

            return read

        await self._app(scope, again(), nobody)
        return again()


class _Answer:
    """The way out: notes the status in the log, and spoils the answer as the fault says."""

    __slots__ = ("_dropped", "_fault", "_receive", "_scope", "_send", "_visit")

    def __init__(self, scope: Scope, receive: Receive, send: Send, visit: Visit, fault: Fault) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._visit = visit
        self._fault = fault
        self._dropped = False

    async def __call__(self, message: Message) -> None:
        if self._dropped:
            return
        if message["type"] == "http.response.start":
            await self._begin(message)
        else:
            await self._continue(message)

    async def whole(self, status: int, body: bytes, content_type: str) -> None:
        """Send an answer that no handler made."""
        headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": body})

    async def drop(self) -> None:
        """Cut the connection, with or without something sent before."""
        if not self._dropped:
            self._dropped = True
            self._note(0)
        cut(self._scope)
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _begin(self, message: Message) -> None:
        fault = self._fault
        if fault.late:
            await sleep(fault.late)
        if fault.drop == "after":
            await self.drop()
            return
        self._note(message["status"])
        headers = message["headers"]
        if fault.garble:
            headers = [pair for pair in headers if pair[0] not in {b"content-length", b"content-type"}]
            headers += [(b"content-type", b"text/html"), (b"content-length", str(len(_GARBLE)).encode())]
        if fault.retry_after is not None:
            headers = [*headers, (b"retry-after", str(fault.retry_after).encode())]
        message["headers"] = [*headers, (b"date", self._date())]
        await self._send(message)

    async def _continue(self, message: Message) -> None:
        fault = self._fault
        if fault.garble:
            message = {"type": "http.response.body", "body": _GARBLE}
        if fault.drop == "midway":
            body = message.get("body", b"")
            await self._send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            self._dropped = True
            await self.drop()
        elif fault.drip:
            await self._drip(message, max(1, int(fault.drip * _DRIP_INTERVAL)))
        else:
            await self._send(message)

    async def _drip(self, message: Message, size: int) -> None:
        body = message.get("body", b"")
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            await sleep(_DRIP_INTERVAL)
        await self._send({**message, "body": b""})

    def _note(self, status: int) -> None:
        visit = self._visit
        visit.entry.status = status
        org = visit.org or visit.door.org
        (visit.directory.log if org is None else org.log).add(visit.entry)

    def _date(self) -> bytes:
        """The org's own clock, so that a client can tell how far it is off."""
        visit = self._visit
        org = visit.org or visit.door.org
        skew = org.policies.clock_skew_seconds if org else 0.0
        return _http_date(int(visit.directory.clock.wall() + skew))


@functools.lru_cache(maxsize=16)
def _http_date(seconds: int) -> bytes:
    return formatdate(seconds, usegmt=True).encode()
