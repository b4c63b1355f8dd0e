"""Sends a request to an OAuth endpoint and holds it to its limits, whichever HTTP library carries it.

It is synchronous on purpose. Token requests are rare and belong to no caller and no event loop (see flight), so they
run on a thread of their own, and one sender serves threads, tasks and all sessions alike.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import closing
from contextvars import copy_context
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from orgkey import forks
from orgkey.carriers import Carrier, HTTPSettings, Incoming, NoAnswer, Watch, carrier_for, library_name
from orgkey.clock import SYSTEM_CLOCK, Clock
from orgkey.diagnosis import Evidence, clean, diagnose
from orgkey.errors import TokenAnswerRefused, TokenEndpointUnreachable
from orgkey.wire import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Sender", "shared_sender"]

# An access token answer is about 2 KiB; a page of HTML from a proxy is what gets near this.
_LARGEST_ANSWER: Final = 256 * 1024
_REDIRECTS: Final = range(300, 400)

T = TypeVar("T")


class Sender:
    """Sends requests and returns complete answers. Safe for threads; makes its carrier anew after a fork."""

    __slots__ = ("_carrier", "_forks", "clock", "settings")

    def __init__(self, settings: HTTPSettings, clock: Clock = SYSTEM_CLOCK) -> None:
        self.settings = settings
        self.clock = clock
        self._carrier: Carrier | None = None
        self._forks = forks.count()

    def send(self, request: Request) -> Answer:
        """The answer to ``request``.

        Raises :class:`~orgkey.errors.TokenEndpointUnreachable` where there is none within the limits, and
        :class:`~orgkey.errors.TokenAnswerRefused` for a redirect, a compressed or an oversized answer: credentials
        follow no redirect, and nothing is unpacked before its size is known.
        """
        watch = Watch()
        try:
            return _in_time(self.settings.total, watch, lambda: self._exchange(request, watch))
        except NoAnswer as error:
            raise _unreachable(error, request) from error.__cause__

    def prepare(self) -> None:
        """Make ready to send. Raises :class:`~orgkey.errors.ConfigError` where the settings do not allow that."""
        self._get_carrier()

    def _exchange(self, request: Request, watch: Watch) -> Answer:
        incoming = self._get_carrier().open(request, watch)
        with closing(incoming):
            _refuse_redirect_and_coding(incoming)
            body = _read_bounded(incoming, watch)
        return Answer(incoming.status, incoming.headers, body, self.clock.now())

    def _get_carrier(self) -> Carrier:
        if self._forks != forks.count():
            # The parent's client came along with the fork, and a lock in its pool that some thread may have held.
            self._carrier, self._forks = None, forks.count()
        carrier = self._carrier
        if carrier is None:
            with forks.lock():
                carrier = self._carrier = self._carrier or carrier_for(self.settings)
        return carrier


def shared_sender(settings: HTTPSettings, clock: Clock = SYSTEM_CLOCK) -> Sender:
    """The one sender of this process for ``settings``: ten thousand sessions share its client.

    With a client of the program's own there is nothing to share, and nothing of it is kept here.
    """
    if settings.client is not None:
        return Sender(settings, clock)
    return _sender(replace(settings, library=library_name(settings)), clock)  # type: ignore[arg-type]  # any clock hashes


@lru_cache(maxsize=32)
def _sender(settings: HTTPSettings, clock: Any) -> Sender:
    return Sender(settings, clock)


def _in_time(seconds: float, watch: Watch, work: Callable[[], T]) -> T:
    """What ``work`` returns or raises. After ``seconds`` it is ended where that can be done, and left in any case."""
    landing: Future[T] = Future()
    thread = threading.Thread(
        target=copy_context().run, args=(_land, landing, work), name="orgkey-token-request", daemon=True
    )
    try:
        thread.start()
    except RuntimeError:
        # No more threads, as in flight. The limits on each step hold, and the one on all of them does not.
        return work()
    try:
        return landing.result(seconds)
    except TimeoutError:
        watch.fire()
        raise NoAnswer("timeout", "TimeoutError") from None


def _land(landing: Future[T], work: Callable[[], T]) -> None:
    try:
        landing.set_result(work())
    except BaseException as error:  # noqa: BLE001  # whoever waits must get it
        landing.set_exception(error)


def _refuse_redirect_and_coding(incoming: Incoming) -> None:
    if incoming.status in _REDIRECTS:
        fact = f"HTTP {incoming.status} to {incoming.headers.get('location', 'nowhere')!r:.200}"
        raise _refused("TOKEN_ENDPOINT_REDIRECT", fact, incoming.status)
    coding = incoming.headers.get("content-encoding", "identity")
    if coding != "identity":
        raise _refused("TOKEN_ANSWER_UNUSABLE", f"compressed ({coding!r:.50}) though not asked for", incoming.status)


def _read_bounded(incoming: Incoming, watch: Watch) -> bytes:
    body = _Body()
    for size in map(body.add, incoming.pieces):
        if size > _LARGEST_ANSWER:
            raise _refused("TOKEN_ANSWER_UNUSABLE", f"larger than {_LARGEST_ANSWER // 1024} KiB", incoming.status)
        if watch.fired:
            break  # nobody waits any more
    return body.whole()


class _Body:
    """An answer's body while it arrives. No frame here has a piece of it among its locals, should it be cut off."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces = bytearray()

    def add(self, piece: bytes) -> int:
        """Take one more piece. Returns how many bytes there are now."""
        self._pieces += piece
        return len(self._pieces)

    def whole(self) -> bytes:
        """All of it."""
        return bytes(self._pieces)


def _refused(cause: str, fact: str, status: int) -> TokenAnswerRefused:
    return TokenAnswerRefused(
        diagnose(Evidence(surface="local", error=cause, status=status, facts=(clean(fact),))), status=status
    )


def _unreachable(error: NoAnswer, request: Request) -> TokenEndpointUnreachable:
    way = f"{request.origin} through the proxy {error.via}" if error.via else str(request.origin)
    facts = (f"{way} ({error.name})",)
    evidence = Evidence(surface="network", error=error.kind, login_host=request.origin.host, facts=facts)
    return TokenEndpointUnreachable(diagnose(evidence), sent=error.sent)
