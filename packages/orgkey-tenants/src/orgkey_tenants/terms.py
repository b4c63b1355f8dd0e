"""What settings are called where a tenant is concerned: causes and grants name those of a program with one org."""

from __future__ import annotations

import re
import shlex
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

import orgkey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["CONSENT", "ENROLMENT", "naming", "reconnecting", "renaming", "told_of_tenant"]

E = TypeVar("E", bound=orgkey.TokenRequestError)

CONSENT: Final = {
    "SALESFORCE_CLIENT_ID": "ORGKEY_CLIENT_ID",
    "SALESFORCE_CLIENT_SECRET": "ORGKEY_CLIENT_SECRET",
    "redirect_uri": "redirect_uri (ORGKEY_CLIENT_REDIRECT_URI)",
}
"""The app of consents."""

ENROLMENT: Final = {
    "SALESFORCE_CLIENT_ID": "--client-id, or ORGKEY_CLIENT_ID",
    "SALESFORCE_CLIENT_SECRET": "--secret-from",
    "SALESFORCE_USERNAME": "--username",
    "SALESFORCE_LOGIN_URL": "--login-url",
    "SALESFORCE_PRIVATE_KEY_FILE": "--key-file",
    "Set SALESFORCE_PRIVATE_KEY_PASSPHRASE, or remove": "A tenant's key takes none: remove",
}
"""A tenant with a key or secret of its own; options of `orgkey tenants add` and `renew-secret`."""

_KEY_FILES: Final = "SALESFORCE_PRIVATE_KEY_FILE (or SALESFORCE_PRIVATE_KEY)"


@contextmanager
def renaming(names: Mapping[str, str]) -> Iterator[None]:
    """Let a :class:`orgkey.ConfigError` of the body call its settings by ``names``."""
    try:
        yield
    except orgkey.ConfigError as error:
        raise orgkey.ConfigError([_renamed(problem, names) for problem in error.problems]) from None


@contextmanager
def told_of_tenant(tenant: str, grant: str, login_url: str) -> Iterator[None]:
    """Let a :class:`orgkey.TokenRequestError` of the body say where the tenant's settings are, and how they change.

    ``grant`` is the grant's name: ``refresh_token`` and ``authorization_code`` stand for a tenant by consent.
    """
    try:
        yield
    except orgkey.TokenRequestError as error:
        cause = error.diagnosis.cause
        # A command is there to be copied: it takes the URL itself.
        remedy = (re.sub(r"(curl [^;:]*)SALESFORCE_LOGIN_URL", rf"\g<1>{login_url}", step) for step in cause.remedy)
        error.diagnosis = replace(error.diagnosis, cause=replace(cause, remedy=tuple(remedy)))
        naming(error, tenant, grant)
        raise


def naming(error: E, tenant: str, grant: str = "refresh_token") -> E:
    """``error``, which speaks of the tenant and its settings by their names from now on."""
    names, cause = _names(tenant, grant), error.diagnosis.cause
    title, explanation, *remedy = (_renamed(text, names) for text in (cause.title, cause.explanation, *cause.remedy))
    cause = replace(cause, title=title, explanation=explanation, remedy=tuple(remedy))
    error.diagnosis = replace(error.diagnosis, cause=cause)
    return error


def reconnecting(tenant: str) -> str:
    """How a new consent of the tenant begins, for whoever has a command line and for whoever has Python."""
    return (
        f"`orgkey tenants reconnect {shlex.quote(tenant)}` (tenants.reconnect({tenant!r}) in Python) gives the URL for "
        "the org's administrator"
    )


def _names(tenant: str, grant: str) -> dict[str, str]:
    renew = f"orgkey tenants renew-secret {shlex.quote(tenant)}"
    names = {
        "TENANT": shlex.quote(tenant),
        "SALESFORCE_LOGIN_URL": "the tenant's login URL",
        "SALESFORCE_USERNAME": "the tenant's username",
        "SALESFORCE_AUDIENCE": "the tenant's audience",
        "SALESFORCE_CLIENT_ID": "the tenant's client id",
        "SALESFORCE_CLIENT_SECRET": f"the tenant's secret (`{renew} --secret-from VARIABLE`)",
        _KEY_FILES: f"the tenant's key (`{renew} --key-file FILE`)",
    }
    if grant in {"refresh_token", "authorization_code"}:
        names |= {"SALESFORCE_CLIENT_ID": "ORGKEY_CLIENT_ID", "SALESFORCE_CLIENT_SECRET": "ORGKEY_CLIENT_SECRET"}
    return names


def _renamed(text: str, names: Mapping[str, str]) -> str:
    # The longest first: one name may begin as another does.
    pattern = "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names, key=len, reverse=True))
    renamed = re.sub(pattern, lambda found: names[found[0]], text)
    return renamed[:1].upper() + renamed[1:] if text[:1].isupper() else renamed
