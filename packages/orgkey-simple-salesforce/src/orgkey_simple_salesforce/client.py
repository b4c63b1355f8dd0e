"""The client: simple-salesforce's Salesforce, whose session id, headers and URLs are always those of now."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from simple_salesforce import api
from simple_salesforce.metadata import SfdcMetadataApi

import orgkey
from orgkey_simple_salesforce.auth_session import AuthSession, GuardedSession, is_plain_loopback, sharing
from orgkey_simple_salesforce.credentials import Arguments, connect
from orgkey_simple_salesforce.errors import LoginFailed
from orgkey_simple_salesforce.login import log_in, version_text
from orgkey_simple_salesforce.view import URLS, View, host_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, MutableMapping

    import requests

__all__ = ["Salesforce"]

_SET_WHEN_SENT: Final = "set-when-sent"

# What simple-salesforce's constructor is given while there is no login yet. Nothing is sent to it.
_NOWHERE: Final = "not-logged-in.invalid"


class _URL:
    """A URL that simple-salesforce computes once, and that follows the org here. One that is assigned stays."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, client: Salesforce | None, owner: type | None = None) -> Any:
        if client is None:
            return self
        return client.__dict__.get(self._name) or client._view().urls[self._name]  # noqa: SLF001  # its own descriptor

    def __set__(self, client: Salesforce, url: str) -> None:
        client.__dict__[self._name] = url


def _url() -> Any:
    return _URL()


class Salesforce(api.Salesforce):
    """simple-salesforce's client on an :class:`orgkey.OrgSession`. It survives an expired session on every path.

    The arguments are simple-salesforce's, in its order, and mean what they mean there, except that a password is never
    sent (see :mod:`~orgkey_simple_salesforce.credentials`). Without any, :func:`orgkey.connect` reads the settings.
    ``session_id`` with ``instance`` or ``instance_url`` is a fixed token: it is used as it is, and nothing renews it.

    Attributes
    ----------
    auth:
        The session behind the client; None behind a fixed token.
    session_id, sf_instance, headers:
        As in simple-salesforce, plain and current. With a session behind it, assigning the first two does nothing.

    Parameters
    ----------
    auth:
        The session to use, as :func:`orgkey.connect` returns it.
    strict_user:
        Fail, instead of warning, where another user acts than ``username`` names.

    Raises
    ------
    LoginNotConfigured
        The arguments and settings add up to no login; :class:`PasswordLoginRemoved` where a password was all there was.
    LoginFailed
        The login failed. Both are what ``except SalesforceAuthenticationFailed`` catches.

    """

    auth: orgkey.OrgSession | None = None
    _known = View("", f"https://{_NOWHERE}", api.DEFAULT_API_VERSION)

    base_url = _url()
    apex_url = _url()
    bulk_url = _url()
    bulk2_url = _url()
    metadata_url = _url()
    tooling_url = _url()
    oauth2_url = _url()

    def __init__(  # noqa: PLR0917  # simple-salesforce's order
        self,
        username: str | None = None,
        password: str | None = None,
        security_token: str | None = None,
        session_id: str | None = None,
        instance: str | None = None,
        instance_url: str | None = None,
        organizationId: str | None = None,  # noqa: N803  # simple-salesforce's name
        version: str | None = api.DEFAULT_API_VERSION,
        proxies: MutableMapping[str, str] | None = None,
        session: requests.Session | None = None,
        client_id: str | None = None,
        domain: str | None = None,
        consumer_key: str | None = None,
        consumer_secret: str | None = None,
        privatekey_file: str | os.PathLike[str] | None = None,
        privatekey: str | bytes | None = None,
        parse_float: Callable[[str], Any] | None = None,
        object_pairs_hook: Callable[[list[tuple[Any, Any]]], Any] | None = OrderedDict,
        *,
        auth: orgkey.OrgSession | None = None,
        strict_user: bool = False,
    ) -> None:
        arguments = Arguments.wrapping(
            username=username,
            password=password,
            security_token=security_token,
            session_id=session_id,
            instance=instance,
            instance_url=instance_url,
            organizationId=organizationId,
            domain=domain,
            consumer_key=consumer_key,
            consumer_secret=consumer_secret,
            privatekey_file=privatekey_file,
            privatekey=privatekey,
        )
        # What raises from here on has no secret among its locals.
        del password, security_token, session_id, consumer_secret, privatekey
        del client_id  # a label for SOAP login()
        version = version_text(version)
        org = connect(arguments, auth, proxies, session)
        self._build(
            org,
            arguments,
            _requests_session(org, arguments, session, proxies),
            version=version,
            proxies=None if session is None else proxies,
            domain=domain,
            parse_float=parse_float,
            object_pairs_hook=object_pairs_hook,
        )
        if org is not None:
            log_in(org, username, strict=strict_user)

    def _build(
        self, org: orgkey.OrgSession | None, arguments: Arguments, session: requests.Session, **settings: Any
    ) -> None:
        """Run simple-salesforce's constructor in its direct mode, in which it logs in nowhere, then take over."""
        # As in simple-salesforce, a fixed token goes over TLS whatever its URL says.
        scheme = "http" if is_plain_loopback(arguments.instance_url or "") else "https"
        self._known = View("", f"{scheme}://{_NOWHERE}", settings["version"])
        if arguments.session_id is not None and org is None:
            settings |= {"instance": arguments.instance, "instance_url": arguments.instance_url}
            super().__init__(session_id=arguments.session_id.reveal(), session=session, **settings)
        else:
            super().__init__(session_id="", instance=_NOWHERE, session=session, **settings)
        for name in URLS:
            del self.__dict__[name]
        if org is not None:
            self.auth = org
            self.auth_type = org.grant.name.replace("_", "-")
            self.auth_site = org.login_url
            self.domain = host_of(org.login_url).removesuffix(".salesforce.com")

    @property
    def session_id(self) -> str:
        """The current token."""
        return self._view().session_id

    @session_id.setter
    def session_id(self, session_id: str) -> None:
        if self.auth is None:
            self._known = replace(self._known, session_id=session_id)

    @property
    def sf_instance(self) -> str:
        """Host of the org's API, and port where it is not the usual one."""
        return self._view().sf_instance

    @sf_instance.setter
    def sf_instance(self, instance: str) -> None:
        if self.auth is None:
            scheme = self._known.instance_url.partition("://")[0]
            self._known = replace(self._known, instance_url=f"{scheme}://{instance}")

    @property
    def instance_url(self) -> str:
        """The org's API as a URL without a trailing slash."""
        return self._view().instance_url

    @property
    def headers(self) -> dict[str, str]:
        """What every REST call of the client carries. It is always the same dict; additions stay."""
        if self.auth is not None:
            self._view()  # which keeps them current
        return self._headers

    @headers.setter
    def headers(self, headers: dict[str, str]) -> None:
        self._headers = headers

    @property
    def mdapi(self) -> SfdcMetadataApi:
        """The Metadata API. All of it goes through the client's own session, and changes none of its headers."""
        if self._mdapi is None:
            self._mdapi = SfdcMetadataApi(
                session=self.session,
                # zeep logs each body before it goes out, which is where the token is put into it.
                session_id=self.session_id if self.auth is None else _SET_WHEN_SENT,
                instance=self.sf_instance,
                metadata_url=self.metadata_url,
                api_version=self.sf_version,
                headers=dict(self.headers),
            )
            self._mdapi._client.transport.session = self.session  # noqa: SLF001  # it has no parameter for it
        return self._mdapi

    def _refresh_session(self) -> None:
        """Get a new token although the current one was not rejected."""
        if self.auth is None:
            super()._refresh_session()
            return
        try:
            self.auth.renew(self.auth.token())
        except orgkey.TokenRequestError as error:
            raise LoginFailed.because_of(error) from error

    def _view(self) -> View:
        """What to show: of the fixed token, or of the token that is current now."""
        known, auth = self._known, self.auth
        if auth is None:
            return known
        token = auth.current
        return known if token is not None and token is known.token else self._look_again(auth)

    def _look_again(self, auth: orgkey.OrgSession) -> View:
        try:
            token = auth.token()
        except orgkey.TokenRequestError as error:
            raise LoginFailed.because_of(error) from error
        view = self._known = View(token.reveal(), token.instance_url, str(self.sf_version), token)
        self._headers["Authorization"] = f"Bearer {view.session_id}"
        return view

    def __getattr__(self, name: str) -> Any:
        """An object type of the org, as in simple-salesforce; those have no leading underscore.

        There are none before the constructor ran, where simple-salesforce looks for its own attributes without an end.
        """
        if name.startswith("_") or hasattr(type(self), name) or "session" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return super().__getattr__(name)

    # --- what frameworks do with objects ------------------------------------------------------------------------------

    def __copy__(self) -> Salesforce:
        """A client with headers of its own, on the same session."""
        copy = object.__new__(type(self))
        copy.__dict__ |= self.__dict__ | {"_headers": dict(self.headers), "_mdapi": None}
        return copy

    def __deepcopy__(self, memo: object) -> Salesforce:
        return self.__copy__()

    def __reduce__(self) -> tuple[object, ...]:
        if self.auth is None:
            raise TypeError(
                "This client holds a session id, which is not pickled. Configure the login by environment or profile "
                "(orgkey.connect), and the client reconnects in the other process."
            )
        if type(self.session) is not AuthSession or self.session.proxies:
            raise TypeError(
                "This client uses a requests session or proxies of the program's own, which are not pickled: they may "
                "hold credentials. Build the client in the other process."
            )
        state: dict[str, Any] = {name: value for name, value in self.__dict__.items() if name not in _PROCESS_OWN}
        state["_headers"] = {name: value for name, value in self.headers.items() if name != "Authorization"}
        return _reconnect, (type(self), self.auth, state)

    def __repr__(self) -> str:
        where = repr(self.auth) if self.auth is not None else self._known.sf_instance
        return f"<{type(self).__name__} {where}>"


# What a client does not take along to another process.
_PROCESS_OWN: Final = frozenset({"auth", "session", "proxies", "_mdapi", "_headers", "_known"})


def _reconnect(kind: type[Salesforce], org: orgkey.OrgSession, state: dict[str, Any]) -> Salesforce:
    client = object.__new__(kind)
    session = AuthSession(org)
    client.__dict__ |= state | {"auth": org, "session": session, "proxies": session.proxies, "_mdapi": None}
    return client


def _requests_session(
    org: orgkey.OrgSession | None,
    arguments: Arguments,
    given: requests.Session | None,
    proxies: MutableMapping[str, str] | None,
) -> requests.Session:
    if given is not None:
        # Behind a fixed token there is nothing to stamp: the program's session is used as simple-salesforce does.
        return given if org is None else sharing(given, org)
    session = (
        GuardedSession(plain_http=is_plain_loopback(arguments.instance_url or "")) if org is None else AuthSession(org)
    )
    if proxies is not None:
        session.proxies = proxies
    return session
