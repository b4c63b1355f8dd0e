"""Connections to PostgreSQL: which driver, and how one that the server ended is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError

import orgkey

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

__all__ = ["TOGETHER", "open_postgresql"]

TOGETHER: Final = {"isolation_level": "READ COMMITTED"}
"""Execution options for several statements that make one transaction."""

_RESTED: Final = 1.0  # seconds
_USED: Final = "orgkey_used"


def open_postgresql(url: str | URL, clock: orgkey.Clock = orgkey.SYSTEM_CLOCK) -> Engine:
    """An engine for ``url``, with psycopg as its driver. Nothing is connected yet.

    Each statement is a transaction of its own, for which neither BEGIN nor COMMIT is sent: one round trip where they
    are three. Where several belong together, :data:`TOGETHER` says so.

    Raises what SQLAlchemy does for a URL that is none, and ModuleNotFoundError where the driver is not installed.
    """
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", hide_parameters=True
    )
    _ping_what_rested(engine, clock)
    return engine


def _ping_what_rested(engine: Engine, clock: orgkey.Clock) -> None:
    """Replace a connection that a failover killed before it costs a refresh.

    It is asked whether it lives where it rested for a second. SQLAlchemy's own ``pool_pre_ping`` asks each time, which
    for statements that follow one another is a second round trip for each.
    """
    dialect = engine.dialect

    @event.listens_for(engine, "checkin")
    def _given_back(connection: Any, record: Any) -> None:
        del connection
        record.info[_USED] = clock.monotonic()

    @event.listens_for(engine, "checkout")
    def _taken_out(connection: Any, record: Any, proxy: Any) -> None:
        del proxy
        now = clock.monotonic()
        if now - record.info.get(_USED, now) < _RESTED:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("it ended while it rested") from error  # the pool puts another in its place
