"""Stores of tenants, chosen by the scheme of a URL."""

from __future__ import annotations

from contextlib import closing

import orgkey
from orgkey_tenants.errors import StoreUnavailable, local
from orgkey_tenants.settings import plugin_for
from orgkey_tenants.stores.base import Store, record_of, records_of

__all__ = ["Store", "is_known_to_be_empty", "open_existing", "open_store", "record_of", "records_of"]


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
