"""Where a store is, as messages say it: so that it can be found, and without what may be a password."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

import orgkey

if TYPE_CHECKING:
    from sqlalchemy import URL

__all__ = ["file_of", "parsed", "place_of"]

_TOLD: Final = ("host", "port")  # of a query, which may have a password as well


def parsed(url: str) -> URL:
    """``url`` in its parts. Raises :class:`orgkey.ConfigError`, which does not quote it, where it is none."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        found = None
    if found is None or (found.get_backend_name() == "sqlite" and found.host):  # two slashes where it takes three
        raise orgkey.ConfigError(
            "The store's URL (ORGKEY_TENANTS_URL) is none. It looks like sqlite:///tenants.db or "
            "postgresql://user@host:5432/database; in a password write @ : / # as %40 %3A %2F %23."
        )
    return found


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database; None where it has none, or is named by a URI of SQLite's own."""
    name = url.database or ":memory:"
    if url.get_backend_name() != "sqlite" or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name).absolute()  # who reads a message may be in another folder


def place_of(url: str | URL) -> str:
    """What a person is told: the file, else the URL with neither password nor query."""
    try:
        known = parsed(url) if isinstance(url, str) else url
    except orgkey.ConfigError:
        return "the place that is named"  # in a plugin's own words
    file = file_of(known)
    if file is not None:
        return str(file)
    told = {name: known.query[name] for name in _TOLD if name in known.query}
    return known.set(query=told).render_as_string(hide_password=True)
