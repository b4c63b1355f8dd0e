"""Logging in: the drop-in for simple-salesforce's SalesforceLogin, and the check of who acts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from simple_salesforce.api import DEFAULT_API_VERSION

import orgkey
from orgkey_simple_salesforce.callers import warn
from orgkey_simple_salesforce.credentials import Arguments, connect
from orgkey_simple_salesforce.errors import ActsAsWarning, LoginFailed, LoginNotConfigured
from orgkey_simple_salesforce.view import host_of

if TYPE_CHECKING:
    import os
    from collections.abc import MutableMapping

    import requests

__all__ = ["SalesforceLogin", "log_in", "version_text"]


def SalesforceLogin(  # noqa: N802, PLR0917  # simple-salesforce's name and order
    username: str | None = None,
    password: str | None = None,
    security_token: str | None = None,
    organizationId: str | None = None,  # noqa: N803
    sf_version: str = DEFAULT_API_VERSION,
    proxies: MutableMapping[str, str] | None = None,
    session: requests.Session | None = None,
    client_id: str | None = None,
    domain: str | None = None,
    instance_url: str | None = None,
    consumer_key: str | None = None,
    consumer_secret: str | None = None,
    privatekey_file: str | os.PathLike[str] | None = None,
    privatekey: str | bytes | None = None,
    scratch_url: str | None = None,
) -> tuple[str, str]:
    """Log in, and return the session id and the instance's host, as simple-salesforce's function does.

    The arguments mean what they mean there, except that a password is never sent (see
    :mod:`~orgkey_simple_salesforce.credentials`); without any, the settings of :func:`orgkey.connect` are used. A
    session id does not renew itself: :class:`~orgkey_simple_salesforce.Salesforce` does.

    Raises :class:`~orgkey_simple_salesforce.errors.LoginFailed` or, before anything is sent,
    :class:`~orgkey_simple_salesforce.errors.LoginNotConfigured`.
    """
    arguments = Arguments.wrapping(
        username=username,
        password=password,
        security_token=security_token,
        organizationId=organizationId,
        domain=domain,
        instance_url=instance_url,
        consumer_key=consumer_key,
        consumer_secret=consumer_secret,
        privatekey_file=privatekey_file,
        privatekey=privatekey,
        scratch_url=scratch_url,
    )
    # What raises from here on has no secret among its locals.
    del password, security_token, consumer_secret, privatekey
    del client_id  # a label for SOAP login()
    version_text(sf_version)
    org = connect(arguments, proxies=proxies, session=session)
    if org is None:
        raise LoginNotConfigured("A session id is a login already: there is nothing to log in with.")
    log_in(org, arguments.username)
    return org.token().reveal(), host_of(org.instance_url)


def log_in(org: orgkey.OrgSession, username: str | None, *, strict: bool = False) -> None:
    """Log in at once, as simple-salesforce does, and compare who acts with ``username``, where that is given.

    The difference is one :class:`ActsAsWarning` or, with ``strict``, an error.
    """
    try:
        org.token()
    except orgkey.TokenRequestError as error:
        raise LoginFailed.because_of(error) from error
    except orgkey.ConfigError as error:
        raise LoginNotConfigured(error.problems) from error  # a CA file, say, that turns out to hold no certificate
    if username is None:
        return
    try:
        acting = _acting_user(org)
    except orgkey.TokenRequestError as error:
        if strict:
            raise LoginFailed.because_of(error) from error
        warn(f"Whether {username} acts could not be checked: {error.diagnosis.cause.title}.", ActsAsWarning)
        return
    if acting.casefold() != username.casefold():
        fact = f"{acting} acts, not {username}: with {org.grant.name} the app or its session decides who does"
        if strict:
            diagnosis = orgkey.diagnose(orgkey.Evidence(surface="local", error="USER_CHANGED", facts=(fact,)))
            raise LoginFailed("USER_CHANGED", fact, diagnosis)
        warn(f"{fact}. Leave the username out, or make {username} the app's Run-As user.", ActsAsWarning)


def _acting_user(org: orgkey.OrgSession) -> str:
    return org.grant.username or str(org.userinfo().get("preferred_username"))


def version_text(version: object) -> str:
    """``version`` as Salesforce writes it, ``59.0``. Raises :class:`LoginNotConfigured` where it is no API version."""
    if isinstance(version, int) and not isinstance(version, bool):
        return f"{version}.0"
    text = str(version) if isinstance(version, (str, float)) else ""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise LoginNotConfigured(f"The API version is {version!r}. It takes a number without a v, such as '59.0'.")
    return text
