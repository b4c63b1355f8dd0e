"""Carries operations out: the same generator by a blocking driver and by one for tasks."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx2

import orgkey
from orgkey_records import pools
from orgkey_records.errors import CapExceeded, Unreachable
from orgkey_records.wire import Answer, Ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_records.caps import Caps
    from orgkey_records.wire import Flow

__all__ = ["adrive", "drive"]

T = TypeVar("T")

_DEFAULT_PORT: Final = {"https": 443, "http": 80}
_NOT_SENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


def drive(flow: Flow[T], session: orgkey.OrgSession, caps: Caps, clock: orgkey.Clock) -> T:
    """What ``flow`` returns. Blocks while its calls are made, at most ``caps.seconds`` between two signs of life."""
    ends = clock.monotonic() + caps.seconds
    answer: Any = None
    while True:
        try:
            ask = flow.send(answer)
        except StopIteration as done:
            result: T = done.value
            return result
        answer = _send(_Sending(session, ask, caps, clock, ends))


async def adrive(flow: Flow[T], session: orgkey.OrgSession, caps: Caps, clock: orgkey.Clock) -> T:
    """As :func:`drive`, for a task. Nothing blocks its event loop."""
    ends = clock.monotonic() + caps.seconds
    answer: Any = None
    while True:
        try:
            ask = flow.send(answer)
        except StopIteration as done:
            result: T = done.value
            return result
        answer = await _asend(_Sending(session, ask, caps, clock, ends))


@dataclass(frozen=True, slots=True)
class _Sending:
    """One call under way, and what bounds it."""

    session: orgkey.OrgSession
    ask: Ask
    caps: Caps
    clock: orgkey.Clock
    ends: float

    def left(self) -> float:
        """Seconds until the operation must be over. Raises :class:`CapExceeded` where there are none."""
        left = self.ends - self.clock.monotonic()
        if left <= 0:
            raise self.too_late()
        return left

    def too_late(self) -> CapExceeded:
        doubt = " Whether it was carried out is not known: read the record before trying again." * self.ask.writes
        return CapExceeded(f"Salesforce took longer than the {self.caps.seconds:g} s that are permitted.{doubt}")

    def too_large(self) -> CapExceeded:
        return CapExceeded(
            f"The answer is larger than the {self.caps.bytes:,} bytes that are permitted. Ask for fewer fields or rows."
        )

    def request(self, call: _Call) -> httpx2.Request:
        """The request as it goes out now."""
        left = self.left()
        return httpx2.Request(
            self.ask.method,
            call.url,
            content=self.ask.body,
            headers=call.headers,
            extensions={"timeout": httpx2.Timeout(left).as_dict()},
        )

    def answer(self, reply: _Reply, call: _Call, diagnosis: orgkey.Diagnosis | None) -> Answer:
        return Answer(self.ask, reply.status_code, bytes(reply.body), call.url, diagnosis)


def _send(sending: _Sending) -> Answer:
    token = sending.session.current or sending.session.token()
    call = _Call(sending.ask, token)

    def post() -> _Reply:
        with _network(sending):
            response = pools.sync_client(sending.session.options.http).send(
                sending.request(call), stream=True, auth=None, follow_redirects=False
            )
            try:
                reply = _Reply(response.status_code)
                for piece in response.iter_bytes():
                    reply.take(piece, sending)
            finally:
                response.close()
        return reply

    reply, diagnosis = orgkey.run_exchange(sending.session, call, post)
    return sending.answer(reply, call, diagnosis)


async def _asend(sending: _Sending) -> Answer:
    token = sending.session.current or await sending.session.atoken()
    call = _Call(sending.ask, token)
    flow = orgkey.exchange(sending.session, call)
    reply: Any = None
    result: Any = None
    while True:
        try:
            step = flow.send(result)
        except StopIteration as done:
            return sending.answer(reply, call, done.value)
        if isinstance(step, orgkey.NeedToken):
            stale = step.stale
            result = await (sending.session.atoken() if stale is None else sending.session.arenew(stale))
        else:
            result = reply = await _apost(sending, call)


async def _apost(sending: _Sending, call: _Call) -> _Reply:
    with _network(sending):
        async with asyncio.timeout(sending.left()), pools.async_client(sending.session.options.http) as client:
            response = await client.send(sending.request(call), stream=True, auth=None, follow_redirects=False)
            try:
                reply = _Reply(response.status_code)
                async for piece in response.aiter_bytes():
                    reply.take(piece, sending)
            finally:
                await response.aclose()
    return reply


class _Call:
    """A call on its way out, as an exchange sees it."""

    __slots__ = ("_target", "headers", "path", "place")

    def __init__(self, ask: Ask, token: orgkey.Token) -> None:
        self.place: tuple[str, str, int] = token.instance
        self.path = ask.path
        self.headers = dict(ask.headers)
        self._target = ask.target
        if ask.body is not None:
            self.headers["Content-Type"] = "application/json"

    @property
    def url(self) -> str:
        scheme, host, port = self.place
        host = f"[{host}]" if ":" in host else host
        return f"{scheme}://{host}{'' if port == _DEFAULT_PORT.get(scheme) else f':{port}'}{self._target}"

    def move_to(self, place: tuple[str, str, int]) -> None:
        self.place = place

    def has_header(self, name: str) -> bool:
        return name in self.headers

    def set_header(self, name: str, value: str) -> None:
        self.headers[name] = value

    def body(self) -> None:
        return None  # asked for on SOAP alone

    def set_body(self, body: bytes) -> None:
        raise NotImplementedError

    def rewind(self) -> bool:
        return True  # the body is in memory


class _Reply:
    """An answer while it comes in."""

    __slots__ = ("body", "status_code")

    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
        self.body = bytearray()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def take(self, piece: bytes, sending: _Sending) -> None:
        """Take one more piece, unless that is too much or too late."""
        self.body += piece
        if len(self.body) > sending.caps.bytes:
            raise sending.too_large()
        sending.left()


@contextmanager
def _network(sending: _Sending) -> Iterator[None]:
    """Turn what the network does into errors that say whether the call may have been carried out."""
    try:
        yield
    except (httpx2.ReadTimeout, httpx2.WriteTimeout, TimeoutError) as error:
        raise sending.too_late() from error
    except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
        raise _unreachable(error, sending.ask) from error


def _unreachable(error: Exception, ask: Ask) -> Unreachable:
    if isinstance(error, _NOT_SENT) or not ask.writes:
        fate = "Nothing was changed. Try again." if ask.writes else "Try again."
    else:
        fate = "Whether it was carried out is not known: read the record before trying again."
    sent = None if ask.writes and not isinstance(error, _NOT_SENT) else False
    return Unreachable(f"Salesforce did not answer ({type(error).__name__}). {fate}", carried_out=sent)
