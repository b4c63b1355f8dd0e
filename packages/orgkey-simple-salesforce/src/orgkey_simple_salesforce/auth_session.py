"""The requests session under the client: it stamps the token, and renews and replays once where it is rejected."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlsplit

import requests
from requests.hooks import dispatch_hook
from requests.utils import rewind_body

import orgkey
from orgkey_simple_salesforce.errors import LoginFailed, LoginNotConfigured, SessionRejected
from orgkey_simple_salesforce.soap import without_session_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest, Request, Response

__all__ = ["AuthSession", "GuardedSession", "is_plain_loopback", "sharing", "unstamped"]

_DEFAULT_PORT: Final = {"https": 443, "http": 80}
_HTTP_ERROR: Final = 400  # not HTTPStatus's: each call looks at it, which takes 0.3 µs of its few
_SESSION_HEADER: Final = "X-SFDC-Session"

# What simple-salesforce's own calls carry: their authorization is decided, in a header or in the SOAP body.
_DECIDED_BY: Final = frozenset({"Authorization", "authorization", "X-SFDC-Session", "SOAPAction"})


class GuardedSession(requests.Session):
    """A session that takes no token to another host, and lets ~/.netrc replace none.

    ``plain_http`` is for a test org on this machine: simple-salesforce writes https:// before every host, and this
    takes it off again before loopback ones.
    """

    __slots__ = ("ca_file", "plain_http")

    def __init__(self, *, plain_http: bool = False) -> None:
        super().__init__()
        self.plain_http = plain_http
        self.ca_file: str | None = None

    def trust(self, ca_file: str | None) -> None:
        """Trust the CAs in the file that the settings name; None leaves it at what requests trusts."""
        if ca_file is not None:
            self.ca_file = self.verify = ca_file

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """As in requests, where REQUESTS_CA_BUNDLE replaces a session's CA file; not the one that the settings name."""
        verify = self.ca_file if verify is None and self.verify == self.ca_file else verify
        return super().merge_environment_settings(url, proxies, stream, verify, cert)

    def prepare_request(self, request: Request) -> PreparedRequest:
        """As in requests, which looks into ~/.netrc for every request that comes without ``auth``."""
        if self.plain_http and str(request.url).startswith("https:"):
            request.url = _without_tls(str(request.url))
        if not self.trust_env or request.auth is not None or _DECIDED_BY.isdisjoint(request.headers):
            return super().prepare_request(request)
        request.auth = self.auth or _leave_as_is
        try:
            return super().prepare_request(request)
        finally:
            request.auth = None

    def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
        """As in requests, which takes Authorization off a redirect to another host, and nothing else."""
        if _origin(str(prepared_request.url)) != _origin(str(response.request.url)):
            for header in ("Authorization", _SESSION_HEADER):
                prepared_request.headers.pop(header, None)
            if isinstance(prepared_request.body, (bytes, str)) and "xml" in _content_type(prepared_request):
                _set_body(prepared_request, without_session_id(prepared_request.body))
        super().rebuild_auth(prepared_request, response)  # type: ignore[no-untyped-call]

    def __copy__(self) -> GuardedSession:
        return self

    def __deepcopy__(self, memo: object) -> GuardedSession:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "The requests session of a Salesforce client is not pickled: it holds connections and a token. "
            "Pickle the client itself, or build one in the other process."
        )


class AuthSession(GuardedSession):
    """A session whose calls to the org carry its token, whichever of Salesforce's APIs they go to.

    A rejected call is renewed for and replayed once (:func:`orgkey.exchange`). Where that does not help,
    :class:`~orgkey_simple_salesforce.errors.SessionRejected` is raised; where no token can be had,
    :class:`~orgkey_simple_salesforce.errors.LoginFailed`. Response hooks see the answers that are handed back, and no
    rejected ones in between. Calls to other hosts pass untouched.
    """

    __slots__ = ("org", "original")

    def __init__(self, org: orgkey.OrgSession) -> None:
        super().__init__(plain_http=is_plain_loopback(org.login_url))
        self.org = org
        # The same session without what is done here: it sends token requests, and all that share its state hash as it.
        self.original: requests.Session = object.__new__(requests.Session)
        self.original.__dict__ = self.__dict__
        self.trust(org.options.http.ca_file)

    def __eq__(self, other: object) -> bool:
        """Whether ``other`` has the same state: itself, the session it was made of, and others that were."""
        return isinstance(other, requests.Session) and self.__dict__ is other.__dict__

    def __hash__(self) -> int:
        return hash(self.original)

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send ``request`` with the org's token, and again with the next one where that is rejected."""
        hooks = _postpone_for_errors(request)
        send = super().send

        def send_once() -> Response | _Redirected:
            response = send(request, **kwargs)
            # Each hop of a redirect came through here by itself. What is left to see says nothing about this request.
            return _Redirected(response) if response.history else response

        try:
            reply, diagnosis = orgkey.run_exchange(self.org, _Call(request), send_once)
        except orgkey.TokenRequestError as error:
            raise LoginFailed.because_of(error) from error
        finally:
            request.hooks = hooks
        response = reply.response if isinstance(reply, _Redirected) else reply
        if diagnosis is not None:
            raise SessionRejected.by(response, diagnosis)
        if response.status_code >= _HTTP_ERROR:
            kwargs.pop("allow_redirects", None)
            response = _dispatch(hooks, response, kwargs)
        return response


def sharing(session: requests.Session, org: orgkey.OrgSession) -> AuthSession:
    """An AuthSession that is otherwise ``session``: same class, adapters, proxies, hooks, headers and cookies.

    The two share all state, so that whatever is changed on ``session`` later holds for both, and are equal. ``session``
    itself stamps nothing: it may serve other hosts, or this org for another user.
    """
    try:
        kind: Any = type(session)
        shared = object.__new__(_sharing_class(kind))
        shared.__dict__ = session.__dict__
    except TypeError:
        raise LoginNotConfigured(
            f"session= is a {type(session).__name__}, which cannot carry a token. Give a requests.Session."
        ) from None
    shared.org = org
    shared.ca_file = None  # the session decides what is trusted, as for token requests
    shared.original = unstamped(session)
    shared.plain_http = is_plain_loopback(org.login_url)
    return shared


def unstamped(session: requests.Session) -> requests.Session:
    """``session`` without what an AuthSession does: token requests carry no token, and nothing replays them here."""
    return session.original if isinstance(session, AuthSession) else session


def is_plain_loopback(url: str) -> bool:
    """Whether ``url`` is plain http to this machine, as that of a local test org."""
    scheme, host, _ = _origin(url)
    return scheme == "http" and _is_loopback(host)


@lru_cache(maxsize=64)
def _sharing_class(kind: type) -> type[AuthSession]:
    if issubclass(kind, AuthSession):
        return kind
    if not issubclass(kind, requests.Session):
        raise TypeError(kind)
    bases = (AuthSession,) if kind is requests.Session else (AuthSession, kind)
    return type(kind.__name__, bases, {"__slots__": ()})


class _Call:
    """A prepared request, as an exchange sees it."""

    __slots__ = ("_request", "path", "place")

    def __init__(self, request: PreparedRequest) -> None:
        self._request = request
        url: Any = request.url
        prefix = _prefix(url)
        self.place = _parse(prefix)
        self.path = url[len(prefix) :].partition("?")[0]

    def move_to(self, place: tuple[str, str, int]) -> None:
        url: Any = self._request.url
        self._request.url = f"{place}{url[len(_prefix(url)) :]}"
        self.place = place

    def has_header(self, name: str) -> bool:
        return name in self._request.headers

    def set_header(self, name: str, value: str) -> None:
        self._request.headers[name] = value

    def body(self) -> bytes | None:
        body = self._request.body
        if isinstance(body, str):
            return body.encode()
        return body if isinstance(body, bytes) else None

    def set_body(self, body: bytes) -> None:
        _set_body(self._request, body)

    def rewind(self) -> bool:
        body: Any = self._request.body
        if body is None or isinstance(body, (bytes, str)):
            return True
        try:
            rewind_body(self._request)
        except requests.exceptions.UnrewindableBodyError:
            return False
        return True


class _Redirected:
    """The answer at the end of a redirect: no word about the request that it started from."""

    status_code: Final = 599  # no status of HTTP's
    text: Final = ""

    __slots__ = ("response",)

    def __init__(self, response: Response) -> None:
        self.response = response


def _postpone_for_errors(request: PreparedRequest) -> Any:
    """Keep the response hooks from answers that may yet be replayed. Returns them."""
    hooks = request.hooks
    if hooks["response"]:
        request.hooks = {"response": [_unless_error(hooks)]}
    return hooks


def _unless_error(hooks: Any) -> Callable[..., Any]:
    def dispatch(response: Response, **kwargs: Any) -> Any:
        return response if response.status_code >= _HTTP_ERROR else _dispatch(hooks, response, kwargs)

    return dispatch


def _dispatch(hooks: Any, response: Response, settings: dict[str, Any]) -> Response:
    seen: Response = dispatch_hook("response", hooks, response, **settings)  # type: ignore[no-untyped-call]
    return seen


def _leave_as_is(request: PreparedRequest) -> PreparedRequest:
    return request


def _content_type(request: PreparedRequest) -> str:
    return str(request.headers.get("Content-Type", ""))


def _set_body(request: PreparedRequest, body: bytes | str) -> None:
    request.body = body
    request.headers["Content-Length"] = str(len(body if isinstance(body, bytes) else body.encode()))


def _prefix(url: str) -> str:
    """Scheme, host and port as they stand in ``url``. requests has put a slash behind them."""
    end = url.find("/", url.find("://") + 3)
    return url if end < 0 else url[:end]


def _origin(url: str) -> tuple[str, str, int]:
    return _parse(_prefix(url))


@lru_cache(maxsize=256)
def _parse(prefix: str) -> tuple[str, str, int]:
    parts = urlsplit(prefix)
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORT.get(parts.scheme, 0)


def _without_tls(url: str) -> str:
    return url.replace("https:", "http:", 1) if _is_loopback(_origin(url)[1]) else url


@lru_cache(maxsize=256)
def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
