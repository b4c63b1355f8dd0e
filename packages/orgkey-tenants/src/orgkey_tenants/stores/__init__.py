"""Stores of tenants, chosen by the scheme of a URL."""

from __future__ import annotations

import orgkey
from orgkey_tenants.stores.base import Store, record_of, records_of

__all__ = ["Store", "open_store", "record_of", "records_of"]


def open_store(url: str) -> Store:
    """The store that ``url`` names: ``sqlite:///tenants.db``, ``postgresql://user@host/database``, a plugin's own.

    Raises :class:`orgkey.ConfigError` for a URL that names none.
    """
    scheme = url.partition(":")[0].partition("+")[0]
    plugged = orgkey.registered(orgkey.StorePlugin)
    if scheme not in plugged:
        raise orgkey.ConfigError(
            f"The store's URL (ORGKEY_TENANTS_URL) names the scheme {scheme!r}. "
            f"There are: {', '.join(sorted(plugged))}."
        )
    store: Store = plugged[scheme].open(url)
    return store
