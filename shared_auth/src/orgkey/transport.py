"""Renewal under httpx and httpx2: one auth object for Client and AsyncClient of both."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from orgkey.diagnosis.expiry import SIGNAL_STATUSES
from orgkey.errors import UntrustedHost
from orgkey.replay import NeedToken, exchange

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator

    import httpx

    from orgkey.org import Origin
    from orgkey.session import OrgSession

    _Auth = httpx.Auth
    _ByteStream = httpx.ByteStream

__all__ = ["SalesforceAuth"]

_DEFAULT_PORT: Final = {"https": 443, "http": 80}

if not TYPE_CHECKING:
    # Each library refuses the other one's Auth, so the class is both where both are installed.
    _LIBRARIES = [importlib.import_module(name) for name in ("httpx", "httpx2") if find_spec(name)]
    _Auth = type("_Auth", tuple(library.Auth for library in _LIBRARIES), {})
    _ByteStream = type("_ByteStream", tuple(library.ByteStream for library in _LIBRARIES), {})


class SalesforceAuth(_Auth):
    """Stamps the session's token on each call, and renews it and replays the call once where Salesforce rejects it.

    ``httpx.Client(base_url=session.instance_url, auth=SalesforceAuth(session))``; the same for ``AsyncClient`` and for
    httpx2. REST, Bulk, SOAP and userinfo are known by their paths. Calls to other hosts get no token. Raises
    :class:`~orgkey.errors.TokenRequestError`, with its diagnosis, out of the client's call where no token can be had.
    """

    def __init__(self, session: OrgSession) -> None:
        self.session = session

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """One call of a ``Client``."""
        call = _HttpxCall(request)
        flow = exchange(self.session, call)
        result: Any = None
        while True:
            try:
                step = flow.send(result)
            except StopIteration:
                return
            if isinstance(step, NeedToken):
                result = step.get(self.session)
                continue
            result = yield request
            if _came_from_elsewhere(result, call):
                return
            if result.status_code in SIGNAL_STATUSES:
                result.read()

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """One call of an ``AsyncClient``."""
        call = _HttpxCall(request)
        flow = exchange(self.session, call)
        result: Any = None
        while True:
            try:
                step = flow.send(result)
            except StopIteration:
                return
            if isinstance(step, NeedToken):
                stale = step.stale
                result = await (self.session.atoken() if stale is None else self.session.arenew(stale))
                continue
            result = yield request
            if _came_from_elsewhere(result, call):
                return
            if result.status_code in SIGNAL_STATUSES:
                await result.aread()


class _HttpxCall:
    """A httpx or httpx2 request, as an exchange sees it."""

    __slots__ = ("_request",)

    def __init__(self, request: Any) -> None:
        self._request = request

    @property
    def place(self) -> tuple[str, str, int]:
        url = self._request.url
        return (url.scheme, url.host, url.port or _DEFAULT_PORT.get(url.scheme, 0))

    @property
    def path(self) -> str:
        path: str = self._request.url.path
        return path

    def move_to(self, place: Origin) -> None:
        request = self._request
        port = None if place.port == _DEFAULT_PORT[place.scheme] else place.port
        request.url = request.url.copy_with(scheme=place.scheme, host=place.host, port=port)
        request.headers["Host"] = request.url.netloc.decode("ascii")

    def has_header(self, name: str) -> bool:
        return name in self._request.headers

    def set_header(self, name: str, value: str) -> None:
        request = self._request
        if name == "Authorization":
            # The client itself drops this one from a redirect to another host.
            request.headers[name] = value
        else:
            headers = _one_hop_headers(type(request).__module__.partition(".")[0])
            request.headers = headers(request.headers, name, value)

    def body(self) -> bytes | None:
        stream = self._request.stream
        if isinstance(stream, _OneHopBody):
            return stream.content
        return b"".join(stream) if _in_memory(stream) else None

    def set_body(self, body: bytes) -> None:
        self._request.stream = _OneHopBody(body)
        self._request.headers["Content-Length"] = str(len(body))

    def rewind(self) -> bool:
        stream = self._request.stream
        if isinstance(stream, _OneHopBody):
            stream.sent = False
        return _in_memory(stream) or _multipart_can_rewind(stream)


class _OneHopBody(_ByteStream):
    """A body with a session id in it: a redirect, which would send it a second time, ends in an error."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.content = content
        self.sent = False

    def __iter__(self) -> Iterator[bytes]:
        yield self._once()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._once()

    def _once(self) -> bytes:
        if self.sent:
            msg = "A redirect would send the session id in this SOAP body to another address. It was not followed."
            raise UntrustedHost(msg)
        self.sent = True
        return self.content


def _in_memory(stream: Any) -> bool:
    return isinstance(stream, _OneHopBody) or type(stream).__name__ == "ByteStream"


def _multipart_can_rewind(stream: Any) -> bool:
    """Whether ``stream`` is multipart and its files seek back: httpx does that itself before it sends them again."""
    parts = getattr(stream, "fields", None)
    if parts is None:
        return False
    files = [part.file for part in parts if hasattr(part, "file")]
    return all(isinstance(file, (bytes, str)) or _seekable(file) for file in files)


def _seekable(file: Any) -> bool:
    seekable = getattr(file, "seekable", None)
    return bool(seekable and seekable())


@cache
def _one_hop_headers(library: str) -> Any:
    """The class of ``library``'s headers with one more, which goes out with this request and is gone from any copy."""
    base = importlib.import_module(library).Headers

    class OneHopHeaders(base):  # type: ignore[misc, valid-type]  # the base is chosen at run time
        def __init__(self, headers: Any, name: str, value: str) -> None:
            self._hop = ("", "")
            super().__init__([(key, text) for key, text in headers.multi_items() if key.lower() != name.lower()])
            self._hop = (name, value)

        @property
        def raw(self) -> list[tuple[bytes, bytes]]:
            name, value = self._hop
            return [*super().raw, (name.encode("ascii"), value.encode("ascii"))]

        def __getitem__(self, key: str) -> Any:
            name, value = self._hop
            return value if key.lower() == name.lower() else super().__getitem__(key)

        def __contains__(self, key: Any) -> bool:
            return (isinstance(key, str) and key.lower() == self._hop[0].lower()) or super().__contains__(key)

    return OneHopHeaders


def _came_from_elsewhere(response: Any, call: _HttpxCall) -> bool:
    """Whether a redirect led to another host: what that one says about a session is no concern of ours."""
    return bool(response.history) and _HttpxCall(response.request).place != call.place
