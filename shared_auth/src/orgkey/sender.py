"""The one module that does HTTP: sends a request to an OAuth endpoint within its limits, by httpx or httpx2.

It is synchronous on purpose. Token requests are rare and belong to no caller and no event loop (see flight), so they
run on a thread of their own, and one client serves threads, tasks and all sessions alike.
"""

from __future__ import annotations

import importlib
import os
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from orgkey import forks
from orgkey.clock import SYSTEM_CLOCK, Clock
from orgkey.diagnosis import Evidence, clean, diagnose
from orgkey.errors import ConfigError, TokenAnswerRefused, TokenEndpointUnreachable
from orgkey.wire import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

__all__ = ["HTTPSettings", "Sender", "load_library", "shared_sender", "tls_context"]

# An access token answer is about 2 KiB; a page of HTML from a proxy is what gets near this.
_LARGEST_ANSWER: Final = 256 * 1024
_REDIRECTS: Final = range(300, 400)
_LIBRARIES: Final = ("httpx", "httpx2")


@dataclass(frozen=True, slots=True)
class HTTPSettings:
    """How token requests are sent. All times in seconds.

    Attributes
    ----------
    library:
        ``httpx`` or ``httpx2``; None reads ORGKEY_HTTP and falls back to httpx.
    connect, read, total:
        Limits on connecting, on each wait for bytes, and on the whole request.
    proxy:
        URL of a proxy; None leaves it to the usual environment variables.
    ca_file:
        PEM file of the CAs to trust; None trusts what the operating system trusts.
    client:
        A ``httpx.Client`` of your own (or httpx2's) to send with. Its settings then win over the ones above, except
        ``total``.

    """

    library: Literal["httpx", "httpx2"] | None = None
    connect: float = 5.0
    read: float = 20.0
    total: float = 30.0
    proxy: str | None = field(default=None, repr=False)  # may hold a password
    ca_file: str | None = None
    client: Any = None


class Sender:
    """Sends requests and returns complete answers. Safe for threads; makes its client anew after a fork."""

    __slots__ = ("_client", "_forks", "clock", "settings")

    def __init__(self, settings: HTTPSettings, clock: Clock = SYSTEM_CLOCK) -> None:
        self.settings = settings
        self.clock = clock
        self._client: Any = settings.client
        self._forks = forks.count()

    def send(self, request: Request) -> Answer:
        """The answer to ``request``.

        Raises :class:`~orgkey.errors.TokenEndpointUnreachable` where there is none within the limits, and
        :class:`~orgkey.errors.TokenAnswerRefused` for a redirect, a compressed or an oversized answer: credentials
        follow no redirect, and nothing is unpacked before its size is known.
        """
        library = load_library(self.settings)
        try:
            with _deadline(self.settings.total) as watch:
                return self._exchange(request, watch)
        except (library.HTTPError, library.InvalidURL, library.StreamError, OSError) as error:
            raise _unreachable(error, library, request, late=watch.fired) from error

    def _exchange(self, request: Request, watch: _Watch) -> Answer:
        client = self._get_client()
        outgoing = client.build_request(
            request.method,
            request.url,
            content=request.body(),
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                **({"Content-Type": "application/x-www-form-urlencoded"} if request.method == "POST" else {}),
                **request.plain_headers(),
            },
            extensions={"trace": watch.trace},
        )
        response = client.send(outgoing, stream=True, auth=None, follow_redirects=False)
        try:
            _refuse_redirect_and_coding(response)
            body = _read_bounded(response, watch)
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body, self.clock.now())

    def _get_client(self) -> Any:
        if self._forks != forks.count():
            # The parent's client came along with the fork, and a lock in its pool that some thread may have held.
            self._client, self._forks = self.settings.client, forks.count()
        if self._client is None:
            with forks.lock():
                if self._client is None:
                    self._client = _new_client(self.settings)
        return self._client


def shared_sender(settings: HTTPSettings, clock: Clock = SYSTEM_CLOCK) -> Sender:
    """The one sender of this process for ``settings``: ten thousand sessions share its client."""
    if settings.client is None and settings.library is None:
        name: Any = os.environ.get("ORGKEY_HTTP") or "httpx"  # checked by load_library
        settings = replace(settings, library=name)
    return _sender(settings, clock)  # type: ignore[arg-type]  # any clock hashes, by identity if by nothing else


@lru_cache(maxsize=32)
def _sender(settings: HTTPSettings, clock: Any) -> Sender:
    return Sender(settings, clock)


def load_library(settings: HTTPSettings) -> ModuleType:
    """The HTTP library that ``settings`` name. Raises :class:`~orgkey.errors.ConfigError` where it is not to be had."""
    if settings.client is not None:
        return _library_of(settings.client)
    name = settings.library or "httpx"
    if name not in _LIBRARIES:
        raise ConfigError(f"ORGKEY_HTTP (or http=) is {name!r}. It takes httpx or httpx2.")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        raise ConfigError(
            f"{name} is asked for (ORGKEY_HTTP or http=) and not installed: pip install 'orgkey[{name}]'"
        ) from None


def _library_of(client: object) -> ModuleType:
    for kind in type(client).__mro__:
        home = kind.__module__.partition(".")[0]
        if home in _LIBRARIES and kind.__name__ == "Client":
            return importlib.import_module(home)
    raise ConfigError(
        f"HTTPSettings.client is a {type(client).__name__}. It takes a httpx.Client or httpx2.Client, which sends "
        "token requests for synchronous and asynchronous callers alike."
    )


def _new_client(settings: HTTPSettings) -> Any:
    library, trust = load_library(settings), tls_context(settings.ca_file)
    try:
        return _client_of(library, settings, trust)
    except ValueError:
        # httpx quotes the URL, which may hold a password.
        raise ConfigError(
            "The proxy's URL cannot be used: HTTPSettings.proxy, or HTTPS_PROXY or ALL_PROXY in the environment. "
            "It looks like http://proxy.acme.example:8080"
        ) from None


def _client_of(library: ModuleType, settings: HTTPSettings, trust: ssl.SSLContext) -> Any:
    if settings.proxy is not None and not urlsplit(settings.proxy).hostname:
        raise ValueError
    return library.Client(
        timeout=library.Timeout(settings.read, connect=settings.connect),
        # No connection is kept: token requests are hours apart, and one that dies while idle would make it uncertain
        # whether a request was sent.
        limits=library.Limits(max_connections=100, max_keepalive_connections=0),
        proxy=settings.proxy,
        verify=trust,
        headers={"User-Agent": "orgkey"},
        # A client that many sessions share must not carry one's cookies to another.
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
    )


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """What to trust: the CAs in ``ca_file`` (PEM), else what the operating system trusts."""
    if ca_file is None:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or "it holds no certificate in PEM form"
        raise ConfigError(f"The CA file {ca_file} (SALESFORCE_CA_FILE) cannot be used: {reason}.") from None


class _Watch:
    """Ends a request that takes too long by shutting its socket down: a read limit alone never ends a slow drip."""

    __slots__ = ("_stream", "fired")

    def __init__(self) -> None:
        self.fired = False
        self._stream: Any = None

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Called by httpcore at each step; remembers the stream that a connect or TLS step returned."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info["return_value"]
            if self.fired:
                self.fire()

    def fire(self) -> None:
        self.fired = True
        raw = None if self._stream is None else self._stream.get_extra_info("socket")
        if raw is not None:
            # The plain socket's method: SSLSocket.shutdown also drops state that the reading thread still uses.
            with suppress(OSError):
                socket.socket.shutdown(raw, socket.SHUT_RDWR)


@contextmanager
def _deadline(seconds: float) -> Iterator[_Watch]:
    watch = _Watch()
    timer = threading.Timer(seconds, watch.fire)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()


def _refuse_redirect_and_coding(response: Any) -> None:
    if response.status_code in _REDIRECTS:
        fact = f"HTTP {response.status_code} to {response.headers.get('location', 'nowhere')!r:.200}"
        raise _refused("TOKEN_ENDPOINT_REDIRECT", fact, response.status_code)
    coding = response.headers.get("content-encoding", "identity")
    if coding != "identity":
        raise _refused(
            "TOKEN_ANSWER_UNUSABLE", f"compressed ({coding!r:.50}) though not asked for", response.status_code
        )


def _read_bounded(response: Any, watch: _Watch) -> bytes:
    body = _Body()
    for size in map(body.add, response.iter_raw()):
        if size > _LARGEST_ANSWER:
            raise _refused("TOKEN_ANSWER_UNUSABLE", f"larger than {_LARGEST_ANSWER // 1024} KiB", response.status_code)
        if watch.fired:
            raise TimeoutError
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


def _unreachable(error: Exception, library: ModuleType, request: Request, *, late: bool) -> TokenEndpointUnreachable:
    kind = (
        "timeout"
        if late or isinstance(error, (library.TimeoutException, TimeoutError))
        else _network_kind(error, library)
    )
    facts = (f"{request.origin} ({type(error).__name__})",)
    diagnosis = diagnose(Evidence(surface="network", error=kind, login_host=request.origin.host, facts=facts))
    unreachable = TokenEndpointUnreachable(diagnosis)
    # Each of these is raised before a byte of the request is written.
    unreachable.sent = not isinstance(
        error, (library.ConnectError, library.ConnectTimeout, library.PoolTimeout, library.ProxyError)
    )
    return unreachable


def _network_kind(error: BaseException, library: ModuleType) -> str:
    if isinstance(error, library.ProxyError):
        return "proxy"
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLError):
            return "tls"
        if isinstance(link, socket.gaierror):
            return "dns"
        if isinstance(link, ConnectionRefusedError):
            return "refused"
        link = link.__cause__ or link.__context__
    return "closed"
