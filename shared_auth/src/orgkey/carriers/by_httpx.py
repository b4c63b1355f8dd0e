"""Requests carried by httpx or httpx2."""

from __future__ import annotations

from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

from orgkey.carriers import (
    HTTPSettings,
    Incoming,
    NoAnswer,
    Watch,
    headers_of,
    make_client,
    network_kind,
)
from orgkey.carriers.proxies import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from orgkey.carriers import Carrier
    from orgkey.wire import Request

__all__ = ["carrier"]


def carrier(library: ModuleType, settings: HTTPSettings) -> Carrier:
    """Carries by the client in ``settings``, else by one made for them."""
    return _HTTPXCarrier(library, settings)


class _HTTPXCarrier:
    __slots__ = ("_client", "_is_ours", "_library")

    def __init__(self, library: ModuleType, settings: HTTPSettings) -> None:
        self._library = library
        self._is_ours = settings.client is None
        self._client = _new_client(library, settings) if self._is_ours else settings.client

    def open(self, request: Request, watch: Watch) -> Incoming:
        steps = _Steps(watch, Proxy(request.origin.host, request.origin.port))
        with self._translating(steps):
            outgoing = self._client.build_request(
                request.method,
                request.url,
                content=request.body(),
                headers=headers_of(request),
                extensions={"trace": steps},
            )
            response = self._client.send(outgoing, stream=True, auth=None, follow_redirects=False)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Incoming(response.status_code, headers, self._pieces(response, steps), response.close)

    def _pieces(self, response: Any, steps: _Steps) -> Iterator[bytes]:
        with self._translating(steps):
            yield from response.iter_raw()

    @contextmanager
    def _translating(self, steps: _Steps) -> Iterator[None]:
        library = self._library
        try:
            yield
        except (library.HTTPError, library.InvalidURL, library.StreamError, OSError) as error:
            unsent = self._is_before_writing(error) and not steps.wrote and (self._is_ours or steps.seen)
            via = str(steps.proxy or "")
            raise NoAnswer(self._kind(error, steps), type(error).__name__, sent=not unsent, via=via) from error

    def _is_before_writing(self, error: Exception) -> bool:
        """Whether httpcore raises ``error`` before it writes a byte; a transport of others may have sent it by then."""
        of = self._library
        return isinstance(error, (of.ConnectError, of.ConnectTimeout, of.PoolTimeout, of.ProxyError))

    def _kind(self, error: Exception, steps: _Steps) -> str:
        if isinstance(error, (self._library.TimeoutException, TimeoutError)):
            return "timeout"
        return "proxy" if isinstance(error, self._library.ProxyError) or steps.at_proxy else network_kind(error)


class _Steps:
    """What httpcore calls at each step. It tells ``watch`` of the stream that a connect or TLS step returned.

    ``seen`` says whether it was called at all, as by no transport but httpcore's, and ``wrote`` whether the request,
    and not only a CONNECT to a proxy, began to be written. ``proxy`` is where it connects to if not ``target``.
    """

    __slots__ = ("_target", "_tunnels", "_watch", "proxy", "seen", "wrote")

    def __init__(self, watch: Watch, target: Proxy) -> None:
        self._watch = watch
        self._target = target
        self._tunnels = False
        self.proxy: Proxy | None = None
        self.seen = False
        self.wrote = False

    @property
    def at_proxy(self) -> bool:
        """Whether it came no further than to the proxy, which was asked for nothing yet."""
        return self.proxy is not None and not self._tunnels and not self.wrote

    def __call__(self, event: str, info: dict[str, Any]) -> None:
        self.seen = True
        if event.endswith("connect_tcp.started"):
            peer = Proxy(info["host"], info["port"])
            self.proxy = None if peer == self._target else peer
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._watch.hold(info["return_value"].get_extra_info("socket"))
        elif event.endswith("send_request_headers.started"):
            if info["request"].method == b"CONNECT":
                self._tunnels = True
            else:
                self.wrote = True
        elif "setup_socks" in event:
            self._tunnels = True


def _new_client(library: ModuleType, settings: HTTPSettings) -> Any:
    return make_client(
        library.Client,
        settings,
        timeout=library.Timeout(settings.read, connect=settings.connect),
        # No connection is kept: token requests are hours apart, and one that dies while idle would make it uncertain
        # whether a request was sent.
        limits=library.Limits(max_connections=100, max_keepalive_connections=0),
        headers={"User-Agent": "orgkey"},
        # A client that many sessions share must not carry one's cookies to another.
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
    )
