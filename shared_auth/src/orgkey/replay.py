"""One authorized call: stamp the token, classify the answer, renew and replay at most once.

The decision is one generator, :func:`exchange`. It does no I/O: it yields what it needs done and is sent the result,
so that every HTTP library, sync or async, is a few lines of driver around the same source. :func:`run_exchange` is
the plain one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, final
from xml.sax.saxutils import escape

from orgkey.diagnosis import Evidence, diagnose
from orgkey.diagnosis.expiry import SIGNAL_STATUSES, Signal, Surface, read_signal, surface_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from orgkey.causes import Diagnosis
    from orgkey.org import Origin
    from orgkey.token import Token

__all__ = ["SEND", "Call", "NeedToken", "Reply", "Send", "Step", "TokenHolder", "exchange", "run_exchange"]

ReplyT = TypeVar("ReplyT", bound="Reply")


class Call(Protocol):
    """A request on its way out, whatever library built it."""

    @property
    def place(self) -> tuple[str, str, int]:
        """Scheme, host and port it goes to."""
        ...

    @property
    def path(self) -> str:
        """Path of its URL."""
        ...

    def move_to(self, place: Origin) -> None:
        """Send it to ``place`` instead, path and all else unchanged."""
        ...

    def has_header(self, name: str) -> bool:
        """Whether the caller set ``name``."""
        ...

    def set_header(self, name: str, value: str) -> None:
        """Set ``name``, replacing what is there. It must not travel on to another host with a redirect."""
        ...

    def body(self) -> bytes | None:
        """The body where it is in memory, else None."""
        ...

    def set_body(self, body: bytes) -> None:
        """Replace a body that :meth:`body` gave, and its Content-Length. It must not follow a redirect elsewhere."""
        ...

    def rewind(self) -> bool:
        """Make the request ready to be sent a second time. False where its body is spent."""
        ...


class Reply(Protocol):
    """An answer, as httpx and requests have it. ``text`` is asked for only at a status in SIGNAL_STATUSES."""

    @property
    def status_code(self) -> int:
        """HTTP status."""
        ...

    @property
    def text(self) -> str:
        """The whole body."""
        ...


class TokenHolder(Protocol):
    """What an exchange needs of a session."""

    @property
    def current(self) -> Token | None:
        """The token to send, where there is one that needs no renewal first."""
        ...

    def serves(self, place: tuple[str, str, int]) -> bool:
        """Whether ``place`` is, besides the current instance, a host of this very org: its login host, say."""
        ...

    def has_left(self, place: tuple[str, str, int]) -> bool:
        """Whether the org was at ``place`` before it moved."""
        ...

    def token(self) -> Token:
        """A token, obtained if need be."""
        ...

    def renew(self, stale: Token | str) -> Token:
        """A newer token than ``stale``, which was rejected."""
        ...

    def accepted(self, token: Token) -> None:
        """A call with ``token`` got through."""
        ...

    def rejected(self, token: Token) -> Diagnosis:
        """``token``, just obtained in place of a rejected one, was rejected as well."""
        ...


@dataclass(frozen=True, slots=True)
class NeedToken:
    """Step: get a token, newer than ``stale`` where that is given, and send it back."""

    stale: Token | None = None

    def get(self, session: TokenHolder) -> Token:
        """The token, for a driver that may block."""
        return session.token() if self.stale is None else session.renew(self.stale)


@final
class Send:
    """Step: send the request, and send back its reply."""

    __slots__ = ()


SEND: Final = Send()
Step = Send | NeedToken

_FIRST_TOKEN: Final = NeedToken()
_SESSION_HEADER: Final = "X-SFDC-Session"
_SOAP_SESSION: Final = re.compile(rb"(<(?:[\w.-]+:)?sessionId(?:\s[^<>]*)?>)[^<]*(</(?:[\w.-]+:)?sessionId\s*>)")
# No members of enums below: each call looks at these, and looking up a member takes 0.1 to 0.3 µs of its few.
_HTTP_ERROR: Final = 400
_UNAUTHORIZED: Final = 401
_SERVER_ERROR: Final = 500
_BULK1: Final = Surface.BULK1
_SOAP: Final = Surface.SOAP


def exchange(session: TokenHolder, call: Call) -> Generator[Step, Any, Diagnosis | None]:
    """Carry ``call`` out with ``session``'s token.

    Yields :data:`SEND` (send back the reply) and :class:`NeedToken` (send back the token). Returns what is wrong with
    the session where the last reply says that it was not accepted, else None. A call to any other host than the org's
    own goes out as it came: without a token.

    Salesforce decides about the session before it carries anything out, so a call rejected for it did nothing and may
    be sent again. Nothing of the kind is known after a 5xx, a time-out or another 403: those are never replayed.
    """
    token = session.current
    if token is None:
        token = yield _FIRST_TOKEN
    if not _aim(call, token, session):
        yield SEND
        return None
    surface = surface_of(call.path)
    _stamp(call, surface, token)
    reply = yield SEND
    signal = _signal(surface, reply)
    if signal is None:
        _note(session, token, reply)
        return None
    if signal is not Signal.EXPIRED:
        return _explain(signal.value)
    if token.format == "jwt" and surface in {Surface.SOAP, Surface.BULK1}:
        return _explain("JWT_TOKEN_REST_ONLY")
    replayable = call.rewind()
    token = yield NeedToken(token)
    if not replayable:
        # The next call has the new token; this one's body is spent.
        return _explain("BODY_NOT_REPLAYABLE")
    _aim(call, token, session)
    _stamp(call, surface, token)
    reply = yield SEND
    if _signal(surface, reply) is not None:
        return session.rejected(token)
    _note(session, token, reply)
    return None


def run_exchange(session: TokenHolder, call: Call, send: Callable[[], ReplyT]) -> tuple[ReplyT, Diagnosis | None]:
    """Drive an :func:`exchange` for a library that sends with a plain function.

    ``send`` sends the request behind ``call`` as it stands then. Returns the last reply and, where it says that the
    session was not accepted, why. Raises :class:`~orgkey.errors.TokenRequestError` where a renewal fails.
    """
    flow = exchange(session, call)
    result: Any = None
    replies: list[ReplyT] = []
    while True:
        try:
            step = flow.send(result)
        except StopIteration as done:
            return replies[-1], done.value
        if isinstance(step, NeedToken):
            result = step.get(session)
        else:
            result = send()
            replies.append(result)


def _aim(call: Call, token: Token, session: TokenHolder) -> bool:
    """Whether the call goes to the org; one that goes where the org was before is sent on to where it is."""
    place = call.place
    if place == token.instance or session.serves(place):
        return True
    if session.has_left(place):
        call.move_to(token.instance)
        return True
    return False


def _stamp(call: Call, surface: Surface, token: Token) -> None:
    if surface is _BULK1:
        call.set_header(_SESSION_HEADER, token.reveal())
        return
    if surface is _SOAP:
        body = call.body()
        if body is not None:
            call.set_body(_SOAP_SESSION.sub(lambda m: m[1] + escape(token.reveal()).encode() + m[2], body, count=1))
        if not call.has_header("Authorization"):
            return
    call.set_header("Authorization", f"Bearer {token.reveal()}")


def _signal(surface: Surface, reply: Reply) -> Signal | None:
    status = reply.status_code
    if status < _HTTP_ERROR or status not in SIGNAL_STATUSES:
        return None
    return read_signal(surface, status, reply.text)


def _note(session: TokenHolder, token: Token, reply: Reply) -> None:
    """Tell the session that its token got through, if the reply says so: a 5xx, or a 401 in other words, does not."""
    if reply.status_code < _SERVER_ERROR and reply.status_code != _UNAUTHORIZED:
        session.accepted(token)


def _explain(cause: str) -> Diagnosis:
    return diagnose(Evidence(surface="local", error=cause))
