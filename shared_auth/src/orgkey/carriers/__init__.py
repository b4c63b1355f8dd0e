"""What carries a request for the sender: httpx, httpx2 or requests, each behind the one port that is described here.

The limits of a token request are the sender's and hold whoever carries it. A carrier knows how its library sends, which
of its errors mean what, and how to keep it from adding anything of its own.
"""

from __future__ import annotations

import importlib
import os
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeVar

from orgkey.carriers.proxies import can_be_used, unusable_proxy
from orgkey.errors import ConfigError
from orgkey.secrets import shown, shown_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

    from orgkey.wire import Request

__all__ = [
    "Carrier",
    "HTTPSettings",
    "Incoming",
    "NoAnswer",
    "Watch",
    "carrier_for",
    "headers_of",
    "library_name",
    "load_library",
    "make_client",
    "network_kind",
    "tls_context",
]

T = TypeVar("T")

# By library: what a client of one's own is called in it, and the module here that sends with it.
_CLIENTS: Final = {"httpx": "Client", "httpx2": "Client", "requests": "Session"}
_MODULES: Final = {"httpx": "by_httpx", "httpx2": "by_httpx", "requests": "by_requests"}
# What OpenSSL calls an answer to a handshake that is no TLS: whoever listens there speaks plain http.
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST"})


@dataclass(frozen=True, slots=True)
class HTTPSettings:
    """How token requests are sent. All times in seconds.

    Attributes
    ----------
    library:
        ``httpx``, ``httpx2`` or ``requests``; None reads ORGKEY_HTTP and falls back to httpx.
    connect, read, total:
        Limits on connecting, on each wait for bytes, and on the whole request.
    proxy:
        URL of a proxy; None leaves it to the usual environment variables.
    ca_file:
        PEM file of the CAs to trust; None trusts what the operating system trusts, with requests what that trusts.
    client:
        A ``httpx.Client``, ``httpx2.Client`` or ``requests.Session`` of your own to send with. Its proxies, CAs and
        client certificate then win over ``proxy`` and ``ca_file``, even where it names none; a httpx client's limits
        over ``connect`` and ``read``. ``total`` holds in any case.

    """

    library: Literal["httpx", "httpx2", "requests"] | None = None
    connect: float = 5.0
    read: float = 20.0
    total: float = 30.0
    proxy: str | None = field(default=None, repr=False)  # may hold a password
    ca_file: str | None = None
    client: Any = None


class Carrier(Protocol):
    """Sends requests by one HTTP library, for many threads at once.

    It follows no redirect, and adds no authorization, no cookie and nothing from ~/.netrc. It does not unpack a body.
    """

    def open(self, request: Request, watch: Watch) -> Incoming:
        """Send ``request``, and return as soon as the answer's headers are there.

        Raises :class:`NoAnswer` where they do not come; so do the pieces of the body that is read later. ``watch`` is
        told of the socket, where the library lets it be known.
        """
        ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """An answer whose body is still on its way.

    Attributes
    ----------
    headers:
        Names in lower case.
    pieces:
        The body as it arrives, in pieces of any size.
    close:
        Lets go of the connection, whether all has been read or not.

    """

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]
    close: Callable[[], None]


class NoAnswer(Exception):
    """No answer came, or not all of it.

    Attributes
    ----------
    kind:
        ``timeout``, ``proxy``, ``tls``, ``dns``, ``refused`` or ``closed``.
    sent:
        False where it is certain that no byte of the request was written.
    via:
        The proxy on the way, as host and port; empty where there was none.
    name:
        What the library calls it.

    """

    def __init__(self, kind: str, name: str, *, sent: bool = True, via: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.name = name
        self.sent = sent
        self.via = via


class Watch:
    """Ends a request that takes too long by shutting its socket down: a read limit alone never ends a slow drip."""

    __slots__ = ("_lock", "_socket", "fired")

    def __init__(self) -> None:
        self.fired = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def hold(self, raw: socket.socket | None) -> None:
        """Remember the socket that the request is on now."""
        with self._lock:
            self._socket = raw
        if self.fired:
            self.fire()

    def fire(self) -> None:
        """End the request: whoever waits for its socket wakes."""
        with self._lock:
            self.fired = True
            if self._socket is not None:
                # The plain socket's method: SSLSocket.shutdown also drops state that the reading thread still uses.
                with suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def carrier_for(settings: HTTPSettings) -> Carrier:
    """The carrier that ``settings`` ask for. Raises :class:`~orgkey.errors.ConfigError` where there is none."""
    library = load_library(settings)
    chosen = importlib.import_module(f"orgkey.carriers.{_MODULES[library.__name__]}")
    carrier: Carrier = chosen.carrier(library, settings)
    return carrier


def library_name(settings: HTTPSettings) -> Any:
    """What ``settings`` and the environment call the library; not checked yet."""
    return settings.library or os.environ.get("ORGKEY_HTTP") or "httpx"


def load_library(settings: HTTPSettings) -> ModuleType:
    """The HTTP library that ``settings`` name. Raises :class:`~orgkey.errors.ConfigError` where it is not to be had."""
    name = library_name(settings) if settings.client is None else _library_of(settings.client)
    if name not in _CLIENTS:
        raise ConfigError(f"ORGKEY_HTTP (or http=) is {shown(str(name))!r}. It takes httpx, httpx2 or requests.")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        package = name if name == "requests" else f"'orgkey[{name}]'"
        raise ConfigError(
            f"{name} is asked for (ORGKEY_HTTP or http=) and not installed: pip install {package}"
        ) from None


def _library_of(client: object) -> str:
    for kind in type(client).__mro__:
        home = kind.__module__.partition(".")[0]
        if _CLIENTS.get(home) == kind.__name__:
            return home
    raise ConfigError(
        f"HTTPSettings.client is a {type(client).__name__}. It takes a httpx.Client, httpx2.Client or "
        "requests.Session, which sends token requests for synchronous and asynchronous callers alike."
    )


def make_client(kind: Callable[..., T], settings: HTTPSettings, **options: Any) -> T:
    """A client of httpx or httpx2, with the proxy and the CA file of ``settings``; ``options`` go to ``kind`` as well.

    ``verify`` among them is a context that :func:`tls_context` made, for many clients to share.

    Raises :class:`~orgkey.errors.ConfigError` where a proxy cannot be used, be it the environment's, whatever ``kind``
    raises for it. It does not quote its URL, which may hold a password.
    """
    library = kind.__module__.partition(".")[0]
    trust = options.pop("verify", None) or tls_context(settings.ca_file)
    if can_be_used(settings.proxy):
        with suppress(ValueError, ImportError, importlib.import_module(library).InvalidURL):
            return kind(proxy=settings.proxy, verify=trust, **options)
    # Raised here, where no error of the library is in its context: those have the URL in their frames.
    raise unusable_proxy(settings.proxy, library)


def headers_of(request: Request) -> dict[str, str]:
    """All headers that ``request`` needs, secrets revealed: only for the call that sends them."""
    return {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        **({"Content-Type": "application/x-www-form-urlencoded"} if request.method == "POST" else {}),
        **request.plain_headers(),
    }


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """What to trust: the CAs in ``ca_file`` (PEM), else what the operating system trusts."""
    if ca_file is None:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError:
        # What OpenSSL says of it helps nobody: NO_CERTIFICATE_OR_CRL_FOUND, or the name of a routine.
        raise ConfigError(
            f"The CA file {shown_path(ca_file)} (SALESFORCE_CA_FILE) holds no certificate in PEM form. Put the CA's "
            "own there, with its line BEGIN CERTIFICATE. DER becomes PEM by: openssl x509 -inform DER -in ca.der -out "
            "ca.pem"
        ) from None
    except OSError as error:
        raise ConfigError(
            f"The CA file {shown_path(ca_file)} (SALESFORCE_CA_FILE) cannot be used: {error.strerror}."
        ) from None


def network_kind(error: BaseException) -> str:
    """What happened below a library's ``error``: ``tls``, ``no_tls``, ``dns``, ``refused``, else ``closed``."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLError):
            return "no_tls" if getattr(link, "reason", None) in _NO_TLS else "tls"
        if isinstance(link, socket.gaierror):
            return "dns"
        if isinstance(link, ConnectionRefusedError):
            return "refused"
        # urllib3 has what it wraps among the arguments, too, where it raises it later.
        link = link.__cause__ or link.__context__ or next((a for a in link.args if isinstance(a, ssl.SSLError)), None)
    return "closed"
