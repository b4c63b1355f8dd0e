"""A consent that is finished on this machine: a page that sends the browser off, and takes its answer back.

For whoever works at a command line. A product has pages of its own for this.
"""

from __future__ import annotations

from html import escape
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

import orgkey

if TYPE_CHECKING:
    from collections.abc import Callable

    from orgkey_tenants.authorization import AuthorizationURL
    from orgkey_tenants.record import TenantRecord

__all__ = ["LoopbackReceiver", "is_loopback"]

_HOSTS: Final = frozenset({"localhost", "127.0.0.1"})
_COOKIE: Final = "orgkey_consent"
_PAGE: Final = "<!DOCTYPE html><meta charset=utf-8><title>orgkey</title><p id=outcome>{}</p>"


def is_loopback(redirect_uri: str) -> bool:
    """Whether a callback URL is this machine's, with a port and a path of its own (RFC 8252 section 7.3)."""
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and parts.hostname in _HOSTS and bool(parts.port) and parts.path not in {"", "/"}


class LoopbackReceiver:
    """Listens where ``redirect_uri`` points to, for one consent.

    Raises :class:`orgkey.ConfigError` where that is not this machine, or somebody listens there already.
    """

    def __init__(self, redirect_uri: str, *, clock: orgkey.Clock = orgkey.SYSTEM_CLOCK) -> None:
        if not is_loopback(redirect_uri):
            raise orgkey.ConfigError(
                f"redirect_uri {redirect_uri!r} is not an address of this machine such as "
                "http://localhost:8910/callback, so its answer cannot be received here. Paste it: --paste"
            )
        parts = urlsplit(redirect_uri)
        self._redirect_uri, self._path, self._clock = redirect_uri, parts.path, clock
        self.start_url = f"http://{parts.hostname}:{parts.port}/"
        """Where the browser begins."""
        try:
            self._server = HTTPServer(("127.0.0.1", parts.port or 0), _Handler)
        except OSError as error:
            raise orgkey.ConfigError(
                f"Nothing can listen at {redirect_uri} for the answer: {error.strerror}. Where another command waits "
                "there for a consent, end it. Or run this one with --paste, which needs no port. Or add a callback URL "
                "with another port to the app, and set ORGKEY_CLIENT_REDIRECT_URI to it."
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *what: object) -> None:
        self._server.server_close()

    def receive(
        self,
        url: AuthorizationURL,
        complete: Callable[[orgkey.Secret, orgkey.Secret], TenantRecord],
        seconds: float = 900.0,
    ) -> TenantRecord:
        """Send the first browser that comes to ``url``, and hand what it comes back with to ``complete``.

        Raises what ``complete`` raises, and :class:`orgkey.ConfigError` where nobody comes in ``seconds``.
        """
        visit = _Visit(url, complete, self._path, self._redirect_uri)
        self._server.visit = visit  # type: ignore[attr-defined]  # the way to a handler, which the server makes
        self._server.timeout = 0.5
        end = self._clock.monotonic() + seconds
        while self._clock.monotonic() < end:
            self._server.handle_request()
            if visit.failure is not None:
                raise visit.failure
            if visit.record is not None:
                return visit.record
        raise orgkey.ConfigError(
            f"Nobody came back to {self._redirect_uri} in {seconds:.0f} s, and the consent is void by now. Run the "
            "command again. Where the browser ended on an error page of Salesforce's, first give its address or "
            "text to `orgkey explain`."
        )


class _Visit:
    """What the pages of one consent share."""

    def __init__(
        self,
        url: AuthorizationURL,
        complete: Callable[[orgkey.Secret, orgkey.Secret], TenantRecord],
        path: str,
        redirect_uri: str,
    ) -> None:
        self.url, self.complete, self.path, self.redirect_uri = url, complete, path, redirect_uri
        self.record: TenantRecord | None = None
        self.failure: Exception | None = None


class _Handler(BaseHTTPRequestHandler):
    timeout = 10.0
    server_version, sys_version = "orgkey", ""

    def do_GET(self) -> None:
        visit: _Visit = self.server.visit  # type: ignore[attr-defined]  # see receive
        query = orgkey.Secret(self.path.partition("?")[2])
        path = self.path.partition("?")[0]
        self.path = path
        if path == "/":
            cookie = f"{_COOKIE}={visit.url.browser_cookie.reveal()}; Path={visit.path}; HttpOnly; SameSite=Lax"
            self._answer(HTTPStatus.SEE_OTHER, "", {"Location": visit.url, "Set-Cookie": cookie})
        elif path == visit.path:
            self._come_back(visit, query)
        else:
            self._answer(HTTPStatus.NOT_FOUND, "Nothing is here.")

    def _come_back(self, visit: _Visit, query: orgkey.Secret) -> None:
        cookie = self._cookie()
        if cookie is None:
            # Whoever it is, it is not the browser that was sent: that one may come yet.
            self._answer(
                HTTPStatus.BAD_REQUEST,
                "This browser was not sent from here. The command line says where to begin.",
            )
            return
        try:
            record = visit.complete(orgkey.Secret(f"{visit.redirect_uri}?{query.reveal()}"), cookie)
        except Exception as error:  # noqa: BLE001  # it is raised where the command can show it
            visit.failure = error
            self._answer(HTTPStatus.BAD_REQUEST, "The consent could not be completed. The command line says why.")
        else:
            visit.record = record
            self._answer(HTTPStatus.OK, f"{record.tenant} is connected. You can close this window.")

    def _cookie(self) -> orgkey.Secret | None:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(_COOKIE)
        except CookieError:
            return None
        return None if found is None else orgkey.Secret(found.value)

    def _answer(self, status: HTTPStatus, text: str, headers: dict[str, str] | None = None) -> None:
        body = _PAGE.format(escape(text)).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # the base class calls it so
        """Say nothing: a request line holds the code."""
