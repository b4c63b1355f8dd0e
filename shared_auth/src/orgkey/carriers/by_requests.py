"""Requests carried by requests, through a session of the program's own where one is given.

Such a session's adapters, proxies, CAs, client certificate, headers and response hooks take part, and so does what its
class does in ``send()``; hooks are shown the answer after that, and cannot take it away. Its auth, its cookies and
~/.netrc do not: requests puts them on where it prepares a request, and these are prepared apart from it.
"""

from __future__ import annotations

import logging
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import urllib3.exceptions

from orgkey.carriers import Incoming, NoAnswer, headers_of, network_kind, tls_context
from orgkey.carriers.proxies import read_proxy, unusable_proxy
from orgkey.errors import ConfigError
from orgkey.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from orgkey.carriers import Carrier, HTTPSettings, Watch
    from orgkey.wire import Request

__all__ = ["carrier"]

_LOGGER: Final = logging.getLogger("orgkey")

# urllib3 waits for a whole piece, and only between pieces does a late request learn that nobody waits any more.
_PIECE: Final = 1024

# Each of these is raised before a byte of the request is written.
_BEFORE_WRITING: Final = (
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NewConnectionError,
)


def carrier(library: ModuleType, settings: HTTPSettings) -> Carrier:
    """Carries by the session in ``settings``, else each request by one of its own."""
    if settings.client is None and settings.ca_file is not None:
        tls_context(settings.ca_file)  # which says what is wrong with it
    return _RequestsCarrier(library, settings)


class _RequestsCarrier:
    __slots__ = ("_library", "_settings")

    def __init__(self, library: ModuleType, settings: HTTPSettings) -> None:
        self._library = library
        self._settings = settings

    def open(self, request: Request, watch: Watch) -> Incoming:
        # There is nothing to keep: no connection is, as in by_httpx. And what stands in for requests while some test
        # runs is gone after it.
        session = self._new_session() if self._settings.client is None else self._settings.client
        response = self._send(session, request)
        if isinstance(response, NoAnswer):
            # Raised here, where no error of requests is in its context: those have the body in their frames.
            raise response
        duplicate = _duplicate(response)
        watch.hold(duplicate)

        def close() -> None:
            watch.hold(None)
            response.close()
            if duplicate is not None:
                duplicate.close()
            if session is not self._settings.client:
                session.close()

        headers = {name.lower(): value for name, value in response.headers.items()}
        return Incoming(response.status_code, headers, self._pieces(response), close)

    def _new_session(self) -> Any:
        session = self._library.Session()
        session.headers.update({"User-Agent": "orgkey", "Connection": "close"})
        return session

    def _send(self, session: Any, request: Request) -> Any:
        """The response, or why there is none."""
        prepared = self._prepared(session, request)
        # Hooks are called once the answer is there: what they raise cannot be taken for an error of the sending then.
        hooks, prepared.hooks = prepared.hooks, {"response": [_stop_at_redirect]}
        via = self._proxy(session, prepared.url)
        limits = (self._settings.connect, self._settings.read)
        try:
            response = session.send(
                prepared, timeout=limits, allow_redirects=False, **self._environment(session, prepared.url)
            )
        except _AtRedirect as stopped:
            return stopped.response
        except self._library.RequestException as error:
            # What its class does in send() may raise for every 4xx, and does not take the answer from us.
            if via and isinstance(error, (self._library.exceptions.InvalidURL, self._library.exceptions.InvalidSchema)):
                # The URL of the request was checked long before: what requests does not like is the proxy's.
                raise self._unusable(session, self._chosen(session, prepared.url)) from None
            return self._trouble(error, via) if error.response is None else error.response
        except OSError as error:
            if not _is_missing_file(error):
                return self._trouble(error, via)
            raise ConfigError(f"The requests session cannot send: {error}") from None
        except ValueError:
            if not via:
                raise
            raise self._unusable(session, self._chosen(session, prepared.url)) from None
        prepared.hooks = hooks
        return self._shown(response, hooks, timeout=limits, **self._environment(session, prepared.url))

    def _shown(self, response: Any, hooks: Any, **how: Any) -> Any:
        """What ``hooks`` make of ``response``: whatever they raise, there is an answer, and it is judged."""
        errors = self._library.exceptions
        try:
            return self._library.hooks.dispatch_hook("response", hooks, response, **how)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the hook's
            broken = (errors.ChunkedEncodingError, errors.ConnectionError, errors.ContentDecodingError)
            if isinstance(error, broken) and error.request is None:
                # The answer broke off while a hook read it.
                response.close()
                return self._trouble(error)
            _LOGGER.warning(
                "A response hook of the requests session failed with %s at the answer to a token request. The answer "
                "counts all the same.",
                type(error).__name__,
            )
            return response

    def _prepared(self, session: Any, request: Request) -> Any:
        return self._library.Request(
            request.method,
            request.url,
            # None is how a session takes a header away.
            headers={name: value for name, value in session.headers.items() if value is not None} | headers_of(request),
            data=request.body(),
            hooks=session.hooks,
        ).prepare()

    def _environment(self, session: Any, url: str) -> Any:
        """Proxies, CAs and certificate. Ours win over the environment; a session decides as for all its calls.

        Asked for where it is needed, and kept by nobody: a frame that did would show a proxy's password.
        """
        own, settings = self._settings.client is None, self._settings
        proxies = {"http": settings.proxy, "https": settings.proxy} if own and settings.proxy else {}
        return session.merge_environment_settings(url, proxies, True, settings.ca_file if own else None, None)

    def _proxy(self, session: Any, url: str) -> str:
        """Host and port of the proxy that a session goes by to ``url``; empty where it goes by none."""
        chosen = self._chosen(session, url)
        found = read_proxy(chosen) if chosen else ""
        if chosen and isinstance(found, str):
            raise self._unusable(session, chosen)
        return str(found)

    def _chosen(self, session: Any, url: str) -> Secret:
        return Secret(self._library.utils.select_proxy(url, self._environment(session, url)["proxies"]) or "")

    def _unusable(self, session: Any, chosen: Secret) -> ConfigError:
        """What is said of the proxy, which may be the session's own, or ours, or the environment's."""
        return unusable_proxy(chosen.reveal() if session.proxies else self._settings.proxy)

    def _pieces(self, response: Any) -> Iterator[bytes]:
        trouble = None
        try:
            yield from response.iter_content(_PIECE)
        except (self._library.RequestException, OSError) as error:
            trouble = self._trouble(error)
        if trouble is not None:
            raise trouble

    def _trouble(self, error: Exception, via: str = "") -> NoAnswer:
        # With a session of the program's own an adapter may have sent it before and failed to connect again.
        unsent = self._settings.client is None and _never_connected(error)
        return NoAnswer(self._kind(error), type(error).__name__, sent=not unsent, via=via)

    def _kind(self, error: Exception) -> str:
        errors = self._library.exceptions
        if isinstance(error, (errors.Timeout, TimeoutError)):
            return "timeout"
        kind = network_kind(error)
        # By a proxy, what ends a connection that had come about is no fault of the proxy's that could be told.
        if isinstance(error, errors.ProxyError) and (kind != "closed" or _never_connected(error)):
            return "proxy"
        return "tls" if isinstance(error, errors.SSLError) and kind != "no_tls" else kind


class _AtRedirect(Exception):
    """Leaves requests before it reads on at a redirect and prepares to follow it."""

    def __init__(self, response: Any) -> None:
        super().__init__(response)
        self.response = response


def _stop_at_redirect(response: Any, **_: object) -> None:
    if response.is_redirect:
        raise _AtRedirect(response)


def _duplicate(response: Any) -> socket.socket | None:
    """The answer's socket once more, to shut it down from another thread; None where there is none, as under a mock."""
    with suppress(AttributeError, OSError, TypeError, ValueError):
        return socket.fromfd(response.raw.fileno(), socket.AF_INET, socket.SOCK_STREAM)
    return None


def _is_missing_file(error: OSError) -> bool:
    """Whether ``error`` is what requests says of a CA file, or of a client certificate, that is not there."""
    return error.errno is None and "invalid path" in str(error)


def _never_connected(error: Exception) -> bool:
    """Whether ``error`` was met before there was a connection to write to."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, urllib3.exceptions.ProxyError):
        # It wraps whatever a connection by a proxy meets, an answer that was lost as well.
        reason = reason.original_error
        if _is_refused_tunnel(reason):
            return True
    if isinstance(reason, urllib3.exceptions.SSLError):
        return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in reason.args)
    return isinstance(reason, _BEFORE_WRITING)


def _is_refused_tunnel(reason: Exception) -> bool:
    """Whether the proxy answered CONNECT with a refusal, for which http.client has a text and no type."""
    return type(reason) is OSError and str(reason).startswith("Tunnel connection failed")
