"""Settings of Tenants: arguments first, then ORGKEY_TENANTS_* and ORGKEY_CLIENT_* of the environment.

What they hold is quoted in no message before it is known to be what it should be: a secret may be in the wrong place.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import orgkey

__all__ = ["Settings", "plugin_for", "settle"]

P = TypeVar("P", orgkey.KeyWrapperPlugin, orgkey.LockPlugin, orgkey.StorePlugin)

_VARIABLES: Final = {
    "url": "ORGKEY_TENANTS_URL",
    "keys": "ORGKEY_TENANTS_KEYS",
    "lock": "ORGKEY_TENANTS_LOCK",
    "journal": "ORGKEY_TENANTS_JOURNAL",
    "environment": "ORGKEY_TENANTS_ENVIRONMENT",
    "client_id": "ORGKEY_CLIENT_ID",
    "client_secret": "ORGKEY_CLIENT_SECRET",
    "redirect_uri": "ORGKEY_CLIENT_REDIRECT_URI",
}

_REQUIRED: Final = {
    "url": "where the tenants are, such as sqlite:///tenants.db",
    "keys": "where the master key is that they are sealed under, such as file:master.key",
}

_PLACES: Final = ("url", "keys", "lock", "journal")

_FORMS: Final = {
    "url": "sqlite:///tenants.db or postgresql://user@host/database",
    "keys": "file:PATH or env:VARIABLE, for where the key is, or awskms:KEY",
    "lock": "redis://host:6379/0 or postgresql://user@host/database",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What is known once arguments and environment were read; empty where nobody said anything."""

    url: str
    keys: str
    lock: str
    journal: str
    environment: str
    client_id: str
    client_secret: orgkey.Secret | None = field(repr=False)
    redirect_uri: str


def settle(**given: str | orgkey.Secret | None) -> Settings:
    """Read what was not given from the environment. Raises :class:`orgkey.ConfigError` with all that is missing."""
    found = {
        name: _text(given.get(name)) or orgkey.Secret(os.environ.get(variable, ""))
        for name, variable in _VARIABLES.items()
    }
    missing = [
        f"{_VARIABLES[name]} is not set ({name}= in Python). It says {says}."
        for name, says in _REQUIRED.items()
        if not found[name]
    ]
    spaced = [
        f"{_VARIABLES[name]} ({name}= in Python) has white space before or after it, such as a line's end. Remove it."
        for name in _PLACES
        if found[name].reveal() != found[name].reveal().strip()
    ]
    if missing or spaced:
        raise orgkey.ConfigError([*missing, *spaced])
    plain = {name: value.reveal() for name, value in found.items() if name != "client_secret"}
    if "://" in plain["journal"]:
        raise orgkey.ConfigError(
            f"{_VARIABLES['journal']} (journal= in Python) is a URL, and it takes the path of a folder on local disk. "
            "It is not repeated here: it may have a password."
        )
    plain["journal"] = plain["journal"] or _default_journal(plain["url"])
    return Settings(**plain, client_secret=found["client_secret"] or None)


def plugin_for(kind: type[P], setting: str, value: str) -> P:
    """The plugin that the scheme of ``value`` names, as ``sqlite`` in sqlite:///tenants.db.

    Raises :class:`orgkey.ConfigError`, which does not quote ``value``: that may be a master key or have a password.
    """
    plugged = orgkey.registered(kind)
    scheme, colon, _ = value.partition(":")
    found = plugged.get(scheme.partition("+")[0]) if colon else None
    if found is None:
        raise orgkey.ConfigError(
            f"{_VARIABLES[setting]} ({setting}= in Python) begins with no scheme that is known here. It takes "
            f"{_FORMS[setting]}. What it says is not repeated: it may be a secret. "
            f"There are: {', '.join(sorted(plugged))}."
        )
    return found


def _text(value: str | orgkey.Secret | None) -> orgkey.Secret | None:
    return None if value is None else orgkey.conceal(value)


def _default_journal(url: str) -> str:
    """Beside a SQLite file, else in the user's own state folder."""
    if url.startswith("sqlite:///"):
        return f"{url.removeprefix('sqlite:///')}.journal"
    return str(Path.home() / ".local" / "state" / "orgkey" / "tenants-journal")
