"""Stores of tenants, chosen by the scheme of a URL."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import orgkey
from orgkey_tenants.errors import StoreUnavailable, local
from orgkey_tenants.settings import plugin_for
from orgkey_tenants.stores.base import Store, record_of, records_of
from orgkey_tenants.stores.place import place_of

__all__ = [
    "Store",
    "is_known_to_be_empty",
    "open_existing",
    "open_store",
    "record_of",
    "records_of",
    "require_existing",
]


def open_store(url: str) -> Store:
    """The store that ``url`` names: ``sqlite:///tenants.db``, ``postgresql://user@host/database``, a plugin's own.

    Raises :class:`orgkey.ConfigError` for a URL that names none.
    """
    store: Store = _plugin(url).open(url)
    return store


def open_existing(url: str) -> Store | None:
    """The store that ``url`` names, as it is, to be read from; None where there is none yet. Makes nothing.

    Raises :class:`~orgkey_tenants.StoreUnavailable` where that cannot be told, and :class:`orgkey.ConfigError` for a
    URL that names none.
    """
    plugin = _plugin(url)
    if plugin.open_existing is None:
        raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", f"a {plugin.scheme} store is not looked into")
    store: Store | None = plugin.open_existing(url)
    return store


def require_existing(url: str) -> None:
    """Make sure, before a store would be made, that one is there.

    Raises :class:`orgkey.ConfigError` where there is none for certain. Where that cannot be told opening it will.
    """
    try:
        store = open_existing(url)
    except StoreUnavailable:
        return
    if store is not None:
        store.close()
        return
    raise orgkey.ConfigError(
        f"There is no store of tenants at {place_of(url)} (ORGKEY_TENANTS_URL). Name the one that is meant: "
        f"sqlite:///tenants.db is a file in {Path.cwd()}, where this runs, and sqlite:////srv/tenants.db one with an "
        "absolute path. Where there is none yet, `orgkey tenants add` makes it."
    )


def is_known_to_be_empty(url: str) -> bool:
    """Whether no tenant is at ``url`` for certain; False also where that cannot be told. Makes and migrates nothing."""
    try:
        store = open_existing(url)
        if store is None:
            return True
        with closing(store):
            return not store.page(limit=1)
    except orgkey.OrgkeyError:
        return False


def _plugin(url: str) -> orgkey.StorePlugin:
    return plugin_for(orgkey.StorePlugin, "url", url)
