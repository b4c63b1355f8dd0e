"""The SQL store: SQLite by default, PostgreSQL by URL. Each write is one short transaction with its audit line."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

import orgkey
from orgkey_tenants.atfork import renew_after_fork
from orgkey_tenants.errors import StoreUnavailable, local
from orgkey_tenants.record import Audit, Authorization, Intent, Reading, State, TenantRecord, WrappedKey
from orgkey_tenants.stores.place import file_of, parsed, place_of
from orgkey_tenants.stores.postgresql import TOGETHER, open_postgresql
from orgkey_tenants.stores.schema import AUDIT, AUTHORIZATIONS, KEYS, REVISION, STORE, TENANTS
from orgkey_tenants.stores.statements import (
    CLAIM_AT,
    CLAIM_NOW,
    KEYS_OF,
    READ,
    READ_WITH_TIME,
    SERVER_TIME,
    SETTLE,
    SWAP,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sqlalchemy import URL, Connection, Engine, RowMapping

    from orgkey_tenants.stores.statements import Change

__all__ = ["SQLStore", "open_existing_sql", "open_sql"]

_BUSY_SECONDS: Final = 30
_LOOK_SECONDS: Final = 3  # for who only looks, such as the completion of a shell
_MIGRATION_LOCK: Final = 0x6F72676B  # any number that nobody else takes for an advisory lock
# Fields of a record that have no column of their own name.
_RENAMED: Final = {"grant": "grant_name"}
_FIELDS: Final = {
    kind: tuple(field.name for field in fields(kind)) for kind in (TenantRecord, Audit, Authorization, WrappedKey)
}
_READING: Final = {"orgkey_reading": True}


def open_sql(url: str) -> SQLStore:
    """The store at ``url``: ``sqlite:///tenants.db`` or ``postgresql://user@host/database``."""
    return SQLStore(url)


def open_existing_sql(url: str) -> SQLStore | None:
    """The store at ``url`` as it is, to be read from; None where there is none yet.

    Raises :class:`orgkey.ConfigError` for a URL that is none, and :class:`~orgkey_tenants.StoreUnavailable` where the
    database does not answer or has the tables of another version.
    """
    file = file_of(parsed(url))
    if file is not None and not file.exists():
        return None
    store = SQLStore(url, existing=True)
    with ExitStack() as unless_it_is_one:
        unless_it_is_one.callback(store.close)
        found = store.revision()
        if found == REVISION:
            unless_it_is_one.pop_all()
            return store
    if found:
        fact = f"its tables have the revision {found}, and this version takes {REVISION}"
        raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", fact)
    return None


class SQLStore:
    """A store in a SQL database.

    ``clock`` gives the time where the database has none of its own (SQLite), or where a test wants to say what time it
    is. Raises :class:`orgkey.ConfigError` for a URL that is none, and brings the tables to this version's schema;
    with ``existing`` it makes no file and no table, and is for reading what is there.
    """

    def __init__(self, url: str, *, clock: orgkey.Clock | None = None, existing: bool = False) -> None:
        self._engine = _engine(url, clock or orgkey.SYSTEM_CLOCK, existing=existing)
        self._is_sqlite = self._engine.dialect.name == "sqlite"
        self._together = self._engine if self._is_sqlite else self._engine.execution_options(**TOGETHER)
        self._clock = clock or (orgkey.SYSTEM_CLOCK if self._is_sqlite else None)
        self._place = place_of(url)
        if not existing:
            with _usable(self._engine.url, self._place), self._translated():
                _migrate(self._together)
        renew_after_fork(self)

    def revision(self) -> str:
        """The revision of the tables that are there; empty where there are none."""
        with self._reading() as connection:
            return _revision(connection)

    def after_fork(self) -> None:
        """The connections are the parent's: neither used nor closed here, for SQLite permits neither."""
        self._of_the_parent = self._engine.pool
        self._engine.dispose(close=False)

    # --- records ---------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """The database server's time, or this machine's for SQLite."""
        if self._clock is not None:
            return self._clock.now()
        with self._reading() as connection:
            return float(connection.execute(select(SERVER_TIME)).scalar_one())

    def read(self, tenant: str) -> Reading | None:
        """The record, and the time it was read."""
        query = READ if self._clock is not None else READ_WITH_TIME
        try:
            with self._reading() as connection:
                rows = connection.execute(query, {"of": tenant}).mappings().all()
        except UnicodeEncodeError:
            return None  # a byte of a command line that is no UTF-8: nobody is called so
        if not rows:
            return None
        row = rows[0]
        now = float(row["server_time"]) if self._clock is None else self._clock.now()
        keys = () if row["key_version"] is None else tuple(map(_key, rows))
        return Reading(_record(row), now, keys)

    def create(self, record: TenantRecord, audit: Audit) -> bool:
        """Insert, unless the id is taken."""
        try:
            with self._writing() as connection:
                connection.execute(TENANTS.insert().values(**_columns(record), version=1))
                _add(connection, audit)
        except IntegrityError:
            return False
        return True

    def swap(self, record: TenantRecord, audit: Audit, *, version: int) -> bool:
        """One UPDATE with the version in its condition."""
        return self._change(SWAP, record, audit, version)

    def settle(self, record: TenantRecord, audit: Audit, *, intent: str) -> bool:
        """One UPDATE with the intent in its condition."""
        return self._change(SETTLE, record, audit, intent)

    def _change(self, change: Change, record: TenantRecord, audit: Audit, expected: Any) -> bool:
        parameters = change.parameters(record.tenant, expected, _columns(record), _plain(audit))
        if not self._is_sqlite:
            with self._single() as connection:
                return connection.execute(change.both, parameters).first() is not None
        with self._writing() as connection:
            if connection.execute(change.update, parameters).rowcount != 1:
                return False
            connection.execute(change.audit, parameters)
        return True

    def page(self, *, states: Iterable[State] = (), after: str = "", limit: int = 100) -> list[TenantRecord]:
        """Records by id."""
        query = select(TENANTS).where(TENANTS.c.tenant > after).order_by(TENANTS.c.tenant).limit(limit)
        wanted = [str(state) for state in states]
        if wanted:
            query = query.where(TENANTS.c.state.in_(wanted))
        with self._reading() as connection:
            return [_record(row) for row in connection.execute(query).mappings()]

    def audit(self, tenant: str, *, limit: int = 100, events: Collection[str] = ()) -> list[Audit]:
        """Audit lines, newest first."""
        query = select(AUDIT).where(AUDIT.c.tenant == tenant).order_by(AUDIT.c.id.desc()).limit(limit)
        if events:
            query = query.where(AUDIT.c.event.in_(events))
        with self._reading() as connection:
            return [_audit(row) for row in connection.execute(query).mappings()]

    def note(self, audit: Audit) -> None:
        """Insert it."""
        with self._single() as connection:
            _add(connection, audit)

    # --- data keys -------------------------------------------------------------------------------------------------

    def keys(self, tenant: str) -> list[WrappedKey]:
        """Wrapped keys, oldest first."""
        with self._reading() as connection:
            return [WrappedKey(**row) for row in connection.execute(KEYS_OF, {"of": tenant}).mappings()]

    def add_key(self, key: WrappedKey) -> bool:
        """Insert, unless that version exists."""
        try:
            with self._single() as connection:
                connection.execute(KEYS.insert().values(**_plain(key)))
        except IntegrityError:
            return False
        return True

    def rewrap_key(self, key: WrappedKey, *, instead_of: bytes) -> bool:
        """Update if the wrapping is still the old one."""
        condition = (KEYS.c.tenant == key.tenant, KEYS.c.version == key.version, KEYS.c.wrapped == instead_of)
        with self._single() as connection:
            statement = update(KEYS).where(*condition).values(wrapped=key.wrapped, master=key.master)
            return connection.execute(statement).rowcount == 1

    def drop_keys(self, tenant: str, *, below: int | None = None) -> int:
        """Delete keys."""
        statement = KEYS.delete().where(KEYS.c.tenant == tenant)
        if below is not None:
            waiting = select(AUTHORIZATIONS.c.dek_version).where(
                AUTHORIZATIONS.c.tenant == tenant, AUTHORIZATIONS.c.expires_at > self.now()
            )
            statement = statement.where(KEYS.c.version < below, KEYS.c.version.not_in(waiting))
        with self._single() as connection:
            return connection.execute(statement).rowcount

    # --- consents under way ----------------------------------------------------------------------------------------

    def put_authorization(self, authorization: Authorization) -> None:
        """Insert, and drop what is past its time."""
        now = self.now()
        with self._writing() as connection:
            connection.execute(AUTHORIZATIONS.delete().where(AUTHORIZATIONS.c.expires_at <= now))
            connection.execute(AUTHORIZATIONS.insert().values(**_plain(authorization)))

    def take_authorization(self, state_hash: str) -> Authorization | None:
        """Delete it and say what it was."""
        now = self.now()
        statement = AUTHORIZATIONS.delete().where(AUTHORIZATIONS.c.state_hash == state_hash).returning(AUTHORIZATIONS)
        with self._single() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        taken = None if row is None else Authorization(**row)
        return taken if taken is not None and taken.expires_at > now else None

    # --- signals and keep-alive ------------------------------------------------------------------------------------

    def touch(self, calls: Mapping[str, float]) -> None:
        """One transaction for all of them."""
        if not calls:
            return
        with self._writing() as connection:
            for tenant, at in calls.items():
                later = (TENANTS.c.last_call.is_(None)) | (TENANTS.c.last_call < at)
                connection.execute(update(TENANTS).where(TENANTS.c.tenant == tenant, later).values(last_call=at))

    def claim_due(self, *, limit: int, seconds: float) -> list[str]:
        """One UPDATE over what SKIP LOCKED (PostgreSQL) leaves, so that workers never wait for one another."""
        claim, now = (CLAIM_NOW, {}) if self._clock is None else (CLAIM_AT, {"now": self._clock.now()})
        with self._single() as connection:
            return [*connection.execute(claim, {**now, "limit": limit, "seconds": seconds}).scalars()]

    # --- the store as a whole --------------------------------------------------------------------------------------

    def epoch(self) -> int:
        """The epoch."""
        with self._reading() as connection:
            return int(connection.execute(select(STORE.c.epoch)).scalar_one())

    def begin_epoch(self, *, by: str) -> int:
        """The new epoch, the states and their audit lines in one transaction."""
        now = self.now()
        affected = (TENANTS.c.state == State.ACTIVE, TENANTS.c.grant_name == "authorization_code")
        change = {"state": State.SUSPECT, "cause": "RESTORED", "changed_by": by, "changed_at": now}
        with self._writing() as connection:
            connection.execute(update(STORE).values(epoch=STORE.c.epoch + 1))
            statement = update(TENANTS).where(*affected).values({**change, "version": TENANTS.c.version + 1})
            # What it changed, and not what a query before it found: each gets its audit line.
            rows = connection.execute(statement.returning(TENANTS.c.tenant, TENANTS.c.generation)).all()
            for tenant, generation in rows:
                line = Audit(tenant=tenant, at=now, actor=by, event="restored", state=State.SUSPECT, cause="RESTORED")
                _add(connection, line, generation=generation)
        return len(rows)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __repr__(self) -> str:
        return f"<SQLStore {self._place}>"

    # --- transactions ----------------------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._translated(), self._engine.connect().execution_options(**_READING) as connection:
            yield connection

    @contextmanager
    def _single(self) -> Iterator[Connection]:
        """For one statement that writes."""
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """For several statements that write."""
        with self._translated(), self._together.begin() as connection:
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            where = f"the store at {self._place} (ORGKEY_TENANTS_URL)"
            raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", where, orgkey.redact(_words(error))) from None


def _words(error: SQLAlchemyError) -> str:
    """What the database said. The error's own text quotes the statement's parameters."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {getattr(error, 'orig', '')}".partition("\n")[0]


@contextmanager
def _usable(url: URL, place: str) -> Iterator[None]:
    """Tell what does not pass by itself where a SQLite file is opened: its place must be mended, or another named."""
    try:
        yield
    except StoreUnavailable as error:
        file = file_of(url)
        if file is None:
            raise
        reason = _why_no_file(file, error)
        if not reason:
            raise
        raise orgkey.ConfigError(f"The store at {place} (ORGKEY_TENANTS_URL) cannot be opened: {reason}") from None


def _why_no_file(file: Path, error: StoreUnavailable) -> str:
    if file.is_dir():
        return "it is a folder. Name a file in it."
    if not file.parent.is_dir():
        return f"there is no folder {file.parent}. Make it, or name another."
    said = " ".join(error.diagnosis.evidence)
    if "file is not a database" in said:
        return "it is a file of another kind. Name another."
    if "unable to open database file" in said:
        return "this user may not read and write it, or not make files beside it. Permit that, or name another."
    return ""


def _engine(url: str, clock: orgkey.Clock, *, existing: bool) -> Engine:
    place = parsed(url)
    is_sqlite = place.get_backend_name() == "sqlite"
    if existing:
        place = _as_it_is(place)
    try:
        if not is_sqlite:
            return open_postgresql(place, clock)
        engine = create_engine(place, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})
    except (ModuleNotFoundError, SQLAlchemyError) as error:
        raise orgkey.ConfigError(
            f"The store's URL (ORGKEY_TENANTS_URL) cannot be used: {type(error).__name__}: {error}. "
            "For PostgreSQL: pip install 'orgkey-tenants[postgresql]'"
        ) from None
    if not existing:
        _prepare_sqlite(engine)
    return engine


def _as_it_is(url: URL) -> URL:
    """The same database, opened only where it is there, and soon given up."""
    if url.get_backend_name() == "sqlite":
        return url.set(database=Path(url.database or "").absolute().as_uri(), query={"mode": "rw", "uri": "true"})
    return url.update_query_dict({"connect_timeout": str(_LOOK_SECONDS), **url.query})


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:
        del record
        connection.isolation_level = None  # we say BEGIN ourselves, below
        # FULL: a commit is on the disk when it returns. A refresh token that was not is lost with the power.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # A write takes the lock at once: an upgrade in the middle could find it taken and fail without waiting.
        mode = "DEFERRED" if connection.get_execution_options().get("orgkey_reading") else "IMMEDIATE"
        connection.exec_driver_sql(f"BEGIN {mode}")


def _migrate(engine: Engine) -> None:
    with engine.connect().execution_options(**_READING) as connection:
        if _revision(connection) == REVISION:
            return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("orgkey_revision"):
        return ""
    return connection.execute(text("SELECT version_num FROM orgkey_revision")).scalar_one_or_none() or ""


def _add(connection: Connection, audit: Audit, **changes: Any) -> None:
    connection.execute(AUDIT.insert(), {**_plain(audit), **changes})


def _plain(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _FIELDS[type(record)]}


def _columns(record: TenantRecord) -> dict[str, Any]:
    values = {_RENAMED.get(name, name): value for name, value in _plain(record).items()}
    intent = values.pop("intent")
    del values["version"]
    given: Mapping[str, Any] = {} if intent is None else asdict(intent)
    return values | {f"intent_{name}": given.get(name) for name in ("id", "owner", "deadline", "probe")}


def _record(row: RowMapping) -> TenantRecord:
    values = {name: row[_RENAMED.get(name, name)] for name in _FIELDS[TenantRecord] if name != "intent"}
    values |= {"state": State(values["state"]), "sealed": bytes(values["sealed"])}
    intent = None
    if row["intent_id"] is not None:
        intent = Intent(row["intent_id"], row["intent_owner"], row["intent_deadline"], row["intent_probe"])
    return TenantRecord(**values, intent=intent)


def _key(row: RowMapping) -> WrappedKey:
    return WrappedKey(row["tenant"], row["key_version"], row["key_wrapped"], row["key_master"], row["key_created_at"])


def _audit(row: RowMapping) -> Audit:
    return Audit(
        **{name: value for name, value in row.items() if name not in {"id", "state"}}, state=State(row["state"])
    )
