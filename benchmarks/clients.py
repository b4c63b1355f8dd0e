"""The clients that are compared, each made as its own documentation says, over one data API in memory."""

from __future__ import annotations

import asyncio
import importlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from token_endpoint import INSTANCE_URL, ORG_ID, TOKEN_PATH

import orgkey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    HTTPLibrary = Literal["httpx", "httpx2"]
    # Of the data API and the login URL.
    Make = Callable[["Api", str], "Client"]

__all__ = [
    "API_URL",
    "FIXED_TOKEN",
    "Api",
    "Client",
    "Make",
    "aiosalesforce",
    "authlib_async_on_httpx2",
    "authlib_on_httpx2",
    "authlib_on_requests",
    "bare",
    "bare_async",
    "bare_requests",
    "google_auth",
    "orgkey_async_on",
    "orgkey_on",
]

API_URL: Final = f"{INSTANCE_URL}/services/data/v60.0/limits"

_HELD: Final = f"{ORG_ID[:15]}!{'held-from-the-start':x>96}"
# What a client sends that was given a token for good.
FIXED_TOKEN: Final = {"Authorization": f"Bearer {_HELD}"}

_OK: Final = 200, b'{"DailyApiRequests":{"Max":100000,"Remaining":99999}}'
_EXPIRED: Final = 401, b'[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]'
_JSON: Final = {"Content-Type": "application/json"}
_APP: Final = {"client_id": "bench-consumer-key", "client_secret": "bench-consumer-secret"}
_REFRESH: Final = "bench-refresh-token"
_LONG_AGO: Final = 1
_PATIENCE: Final = 120.0  # seconds; a herd of a thousand takes its time


class Api:
    """The org's data API: takes every token but the expired ones."""

    def __init__(self) -> None:
        self._expired: set[str] = set()
        self._happening: Callable[[], Any] | None = None

    def expire(self, token: str) -> None:
        """Reject ``token`` from now on."""
        self._expired.add(f"Bearer {token}")

    def during_next_call(self, happening: Callable[[], Any]) -> None:
        """Let ``happening`` happen while the next call is on its way."""
        self._happening = happening

    def begin(self) -> Any:
        """A call arrives. What is returned must be awaited by an asynchronous client, if it is anything."""
        happening, self._happening = self._happening, None
        return happening() if happening else None

    def answer(self, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body for a call with ``headers``."""
        return _EXPIRED if headers.get("Authorization") in self._expired else _OK


@dataclass(frozen=True, slots=True)
class Client:
    """One client, ready to call the data API.

    Attributes
    ----------
    call:
        Makes a call and returns its HTTP status; of an asynchronous client, an awaitable of that.
    expire:
        Lets the token that the client holds expire, in the way in which this client can notice it.

    """

    call: Callable[[], Any]
    expire: Callable[[], None]

    @property
    def is_async(self) -> bool:
        """Whether calls must be awaited."""
        return asyncio.iscoroutinefunction(self.call)

    def status(self, runner: asyncio.Runner) -> int:
        """Make one call, whatever kind of client this is."""
        status: int = runner.run(self.call()) if self.is_async else self.call()
        return status


def bare(library: HTTPLibrary, headers: Mapping[str, str], api: Api, _login_url: str) -> Client:
    """A client of ``library`` with fixed ``headers`` and no auth."""
    http = _library(library)
    client = http.Client(transport=_in_memory(http, api), trust_env=False, headers=headers)
    return Client(lambda: client.get(API_URL).status_code, _nothing_to_expire)


def bare_async(library: HTTPLibrary, headers: Mapping[str, str], api: Api, _login_url: str) -> Client:
    """As :func:`bare`, asynchronous."""
    http = _library(library)
    client = http.AsyncClient(transport=_in_memory_async(http, api), trust_env=False, headers=headers)
    return Client(_async_call(client), _nothing_to_expire)


def bare_requests(headers: Mapping[str, str], api: Api, _login_url: str) -> Client:
    """As :func:`bare`, of requests, without its look at .netrc and proxy variables on each call."""
    session = _calm(_library("requests").Session(), api)
    session.headers.update(headers)
    return Client(lambda: session.get(API_URL).status_code, _nothing_to_expire)


def orgkey_on(library: HTTPLibrary, api: Api, login_url: str) -> Client:
    """``SalesforceAuth`` in a client of ``library``."""
    http, session = _library(library), _orgkey_session(library, login_url)
    client = http.Client(transport=_in_memory(http, api), trust_env=False, auth=orgkey.SalesforceAuth(session))
    return Client(lambda: client.get(API_URL).status_code, lambda: api.expire(session.token().reveal()))


def orgkey_async_on(library: HTTPLibrary, api: Api, login_url: str) -> Client:
    """As :func:`orgkey_on`, asynchronous."""
    http, session = _library(library), _orgkey_session(library, login_url)
    client = http.AsyncClient(
        transport=_in_memory_async(http, api), trust_env=False, auth=orgkey.SalesforceAuth(session)
    )
    return Client(_async_call(client), lambda: api.expire(session.token().reveal()))


def google_auth(api: Api, login_url: str) -> Client:
    """google-auth's ``AuthorizedSession`` with refreshable user credentials."""
    requests, transport = _library("requests"), _library("google.auth.transport.requests")
    credentials = _library("google.oauth2.credentials").Credentials(
        _HELD, refresh_token=_REFRESH, token_uri=f"{login_url}{TOKEN_PATH}", **_APP
    )
    token_session = requests.Session()
    token_session.trust_env = False
    session = _calm(transport.AuthorizedSession(credentials, auth_request=transport.Request(token_session)), api)
    return Client(lambda: session.get(API_URL).status_code, lambda: api.expire(_HELD))


def authlib_on_requests(api: Api, login_url: str) -> Client:
    """Authlib's ``OAuth2Session``."""
    make = _library("authlib.integrations.requests_client").OAuth2Session
    session = _calm(make(**_authlib_settings(login_url), default_timeout=_PATIENCE), api)
    return Client(lambda: session.get(API_URL).status_code, partial(_expire_by_clock, session))


def authlib_on_httpx2(api: Api, login_url: str) -> Client:
    """Authlib's ``OAuth2Client``."""
    make = _library("authlib.integrations.httpx_client").OAuth2Client
    data_api = _in_memory(_library("httpx2"), api)
    client = make(**_authlib_settings(login_url), transport=data_api, trust_env=False)
    return Client(lambda: client.get(API_URL).status_code, partial(_expire_by_clock, client))


def authlib_async_on_httpx2(api: Api, login_url: str) -> Client:
    """Authlib's ``AsyncOAuth2Client``."""
    make = _library("authlib.integrations.httpx_client").AsyncOAuth2Client
    mounts = {"https://": _in_memory_async(_library("httpx2"), api)}
    client = make(**_authlib_settings(login_url), mounts=mounts, trust_env=False, timeout=_PATIENCE)
    return Client(_async_call(client), partial(_expire_by_clock, client))


def aiosalesforce(api: Api, login_url: str) -> Client:
    """The aiosalesforce client. It knows one host for everything, so its token requests are passed on from there."""
    httpx, library = _library("httpx"), _library("aiosalesforce")
    wire = httpx.AsyncClient(trust_env=False, timeout=_PATIENCE)
    data_api = _in_memory_async(httpx, api)
    last_token = ""

    async def route(request: Any) -> Any:
        nonlocal last_token
        if request.url.path != TOKEN_PATH:
            return await data_api.handle_async_request(request)
        answer = await wire.post(f"{login_url}{TOKEN_PATH}", content=request.content)
        last_token = answer.json().get("access_token", "")
        return httpx.Response(answer.status_code, headers=_JSON, content=answer.content)

    client = httpx.AsyncClient(transport=httpx.MockTransport(route), trust_env=False)
    salesforce = library.Salesforce(client, INSTANCE_URL, library.auth.ClientCredentialsFlow(**_APP))

    async def call() -> int:
        status: int = (await salesforce.request("GET", API_URL)).status_code
        return status

    return Client(call, lambda: api.expire(last_token))


def _library(name: str) -> Any:
    """A library of somebody else's, loaded where it is used; some have types, some not."""
    return importlib.import_module(name)


def _nothing_to_expire() -> None:
    raise NotImplementedError


def _orgkey_session(library: HTTPLibrary, login_url: str) -> orgkey.OrgSession:
    options = orgkey.SessionOptions(allow_loopback_http=True, http=orgkey.HTTPSettings(library=library))
    session = orgkey.OrgSession(orgkey.ClientCredentials(**_APP), login_url, options)
    session.token()
    return session


def _authlib_settings(login_url: str) -> dict[str, Any]:
    held = {"access_token": _HELD, "refresh_token": _REFRESH, "token_type": "Bearer"}
    return {"token": held, "token_endpoint": f"{login_url}{TOKEN_PATH}", **_APP}


def _expire_by_clock(client: Any) -> None:
    """Authlib does not look at answers of the API: it renews when ``expires_at`` has passed."""
    client.token = {**client.token, "expires_at": _LONG_AGO}


def _in_memory(http: Any, api: Api) -> Any:
    def handle(request: Any) -> Any:
        api.begin()
        status, body = api.answer(request.headers)
        return http.Response(status, headers=_JSON, content=body)

    return http.MockTransport(handle)


def _in_memory_async(http: Any, api: Api) -> Any:
    async def handle(request: Any) -> Any:
        happening = api.begin()
        if happening is not None:
            await happening
        status, body = api.answer(request.headers)
        return http.Response(status, headers=_JSON, content=body)

    return http.MockTransport(handle)


def _async_call(client: Any) -> Callable[[], Any]:
    async def call() -> int:
        status: int = (await client.get(API_URL)).status_code
        return status

    return call


def _calm(session: Any, api: Api) -> Any:
    """``session`` (requests) with the data API in memory for https, and blind to the environment."""
    from requests import Response
    from requests.adapters import BaseAdapter

    class InMemory(BaseAdapter):
        def send(self, request: Any, *_args: Any, **_settings: Any) -> Response:
            api.begin()
            response = Response()
            response.status_code, response._content = api.answer(request.headers)  # noqa: SLF001  # as responses does
            response.headers.update(_JSON)
            response.url, response.request = request.url, request
            return response

        def close(self) -> None:
            pass

    session.mount("https://", InMemory())
    session.trust_env = False
    return session
