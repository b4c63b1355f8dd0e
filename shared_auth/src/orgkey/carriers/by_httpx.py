"""Requests carried by httpx or httpx2."""

from __future__ import annotations

from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orgkey.carriers import (
    HTTPSettings,
    Incoming,
    NoAnswer,
    Watch,
    headers_of,
    network_kind,
    tls_context,
    unusable_proxy,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from orgkey.carriers import Carrier
    from orgkey.wire import Request

__all__ = ["carrier"]


def carrier(library: ModuleType, settings: HTTPSettings) -> Carrier:
    """Carries by the client in ``settings``, else by one made for them."""
    return _HTTPXCarrier(library, settings.client or _new_client(library, settings))


class _HTTPXCarrier:
    __slots__ = ("_client", "_library")

    def __init__(self, library: ModuleType, client: Any) -> None:
        self._library = library
        self._client = client

    def open(self, request: Request, watch: Watch) -> Incoming:
        with self._translating():
            outgoing = self._client.build_request(
                request.method,
                request.url,
                content=request.body(),
                headers=headers_of(request),
                extensions={"trace": _tracing(watch)},
            )
            response = self._client.send(outgoing, stream=True, auth=None, follow_redirects=False)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Incoming(response.status_code, headers, self._pieces(response), response.close)

    def _pieces(self, response: Any) -> Iterator[bytes]:
        with self._translating():
            yield from response.iter_raw()

    @contextmanager
    def _translating(self) -> Iterator[None]:
        library = self._library
        try:
            yield
        except (library.HTTPError, library.InvalidURL, library.StreamError, OSError) as error:
            # Each of these is raised before a byte of the request is written.
            unsent = (library.ConnectError, library.ConnectTimeout, library.PoolTimeout, library.ProxyError)
            raise NoAnswer(self._kind(error), type(error).__name__, sent=not isinstance(error, unsent)) from error

    def _kind(self, error: Exception) -> str:
        if isinstance(error, (self._library.TimeoutException, TimeoutError)):
            return "timeout"
        return "proxy" if isinstance(error, self._library.ProxyError) else network_kind(error)


def _tracing(watch: Watch) -> Callable[[str, dict[str, Any]], None]:
    """What httpcore calls at each step: it tells ``watch`` of the stream that a connect or TLS step returned."""

    def trace(event: str, info: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            watch.hold(info["return_value"].get_extra_info("socket"))

    return trace


def _new_client(library: ModuleType, settings: HTTPSettings) -> Any:
    trust = tls_context(settings.ca_file)
    try:
        return _client_of(library, settings, trust)
    except ValueError:
        raise unusable_proxy() from None


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
