"""What a refresh says to the database: built once, since it is said for every refresh of every tenant.

A record changes together with its audit line. PostgreSQL does both in one statement, which is a transaction of its
own: one round trip where BEGIN, UPDATE, INSERT and COMMIT are four. SQLite has no such statement, and no round trips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Double, bindparam, extract, func, select, update

from orgkey_tenants.record import REFRESHED, State
from orgkey_tenants.stores.schema import AUDIT, KEYS, TENANTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import BindParameter, ColumnElement, Insert, Table, Update
    from sqlalchemy.sql.dml import ReturningUpdate

__all__ = ["CLAIM_AT", "CLAIM_NOW", "KEYS_OF", "READ", "READ_WITH_TIME", "SERVER_TIME", "SETTLE", "SWAP", "Change"]

SERVER_TIME: Final = extract("epoch", func.clock_timestamp())
"""The time of a database server that has one, in seconds since the epoch."""

READ: Final = (
    select(TENANTS, *(column.label(f"key_{column.name}") for column in KEYS.c if column.name != "tenant"))
    .outerjoin(KEYS, KEYS.c.tenant == TENANTS.c.tenant)
    .where(TENANTS.c.tenant == bindparam("of"))
    .order_by(KEYS.c.version)
)
"""A tenant's record once for each of its keys, or once where it has none."""

READ_WITH_TIME: Final = READ.add_columns(SERVER_TIME.label("server_time"))
KEYS_OF: Final = select(KEYS).where(KEYS.c.tenant == bindparam("of")).order_by(KEYS.c.version)

_INTENT: Final = "intent_id", "intent_owner", "intent_deadline", "intent_probe"
# What finds the record, and what signals and claims write.
_NOT_SWAPPED: Final = "tenant", "version", "last_call", "claimed_until"


@dataclass(frozen=True, slots=True)
class Change:
    """An UPDATE of one record if it still is as expected, and the INSERT of its audit line.

    Attributes
    ----------
    update:
        Matches one row or none.
    audit:
        For the same transaction, after an update that matched.
    both:
        One statement that does the same: it returns a row if the update matched.

    """

    update: Update
    audit: Insert
    both: Insert

    @classmethod
    def where(cls, expected: ColumnElement[bool], names: Iterable[str], **values: Any) -> Change:
        """Set the columns ``names`` to what :meth:`parameters` gives, and others to ``values``."""
        new = {name: _new(TENANTS, name) for name in names}
        changing = update(TENANTS).where(TENANTS.c.tenant == bindparam("of"), expected)
        changing = changing.values({**new, "version": TENANTS.c.version + 1, **values})
        line = {column.name: _new(AUDIT, column.name) for column in AUDIT.c if column.name != "id"}
        changed = changing.returning(TENANTS.c.tenant).cte("changed")
        both = AUDIT.insert().from_select(list(line), select(*line.values()).select_from(changed))
        both = both.returning(AUDIT.c.id)
        return cls(changing, AUDIT.insert().values(line), both)

    @staticmethod
    def parameters(tenant: str, expected: Any, record: Mapping[str, Any], audit: Mapping[str, Any]) -> dict[str, Any]:
        """What goes with any of the three statements; they take what they name."""
        new = {f"{TENANTS.name}_{name}": value for name, value in record.items()}
        line = {f"{AUDIT.name}_{name}": value for name, value in audit.items()}
        return {"of": tenant, "expected": expected, **new, **line}


def _new(table: Table, name: str) -> BindParameter[Any]:
    return bindparam(f"{table.name}_{name}", type_=table.c[name].type)


SWAP: Final = Change.where(
    TENANTS.c.version == bindparam("expected"),
    [column.name for column in TENANTS.c if column.name not in _NOT_SWAPPED],
)
"""Any change of a record, if its version is still the expected one."""

SETTLE: Final = Change.where(
    TENANTS.c.intent_id == bindparam("expected"),
    REFRESHED,
    **dict.fromkeys(_INTENT),
    failures=0,
    last_error="",
    claimed_until=None,
)
"""What a refresh brought, if its intent is still the expected one."""


def _claim(now: Any) -> ReturningUpdate[tuple[str]]:
    due = (
        select(TENANTS.c.tenant)
        .where(
            TENANTS.c.keepalive_at <= now,
            TENANTS.c.state == State.ACTIVE,
            TENANTS.c.grant_name == "authorization_code",
            (TENANTS.c.claimed_until.is_(None)) | (TENANTS.c.claimed_until <= now),
        )
        .order_by(TENANTS.c.keepalive_at)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)  # SQLite has no such clause; there one transaction writes at a time
        .cte("due")  # PostgreSQL might run a subquery more than once
    )
    claimed = update(TENANTS).where(TENANTS.c.tenant.in_(select(due.c.tenant)))
    return claimed.values(claimed_until=now + bindparam("seconds", type_=Double)).returning(TENANTS.c.tenant)


CLAIM_NOW: Final = _claim(extract("epoch", func.statement_timestamp()))  # not clock_timestamp: an index is searched
"""Claims tenants whose keep-alive is due, by the server's time."""

CLAIM_AT: Final = _claim(bindparam("now", type_=Double))
"""The same at a given time."""
