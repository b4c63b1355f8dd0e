"""Every store passes the kit; and what is particular to a SQL database."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from customers import connect, new_customer
from fake_clock import FakeClock
from sqlalchemy import create_engine, event

import orgkey
from orgkey_tenants import StoreUnavailable
from orgkey_tenants.conformance import StoreConformance
from orgkey_tenants.locks import PostgreSQLLock
from orgkey_tenants.record import Audit, State, TenantRecord
from orgkey_tenants.stores import is_known_to_be_empty, open_existing, open_store
from orgkey_tenants.stores.memory import MemoryStore
from orgkey_tenants.stores.schema import METADATA
from orgkey_tenants.stores.sql import SQLStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection


class TestMemory(StoreConformance):
    @pytest.fixture
    def store(self, clock: FakeClock) -> MemoryStore:
        return MemoryStore(clock)


class TestSQLite(StoreConformance):
    @pytest.fixture
    def store(self, tmp_path: Path, clock: FakeClock) -> Iterator[SQLStore]:
        store = SQLStore(f"sqlite:///{tmp_path / 'tenants.db'}", clock=clock)
        yield store
        store.close()


class TestPostgreSQL(StoreConformance):
    @pytest.fixture
    def store(self, fresh_database: str, clock: FakeClock) -> Iterator[SQLStore]:
        store = SQLStore(fresh_database, clock=clock)
        yield store
        store.close()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_migrations_make_the_schema(database, tmp_path, request):
    url = f"sqlite:///{tmp_path / 'tenants.db'}" if database == "sqlite" else request.getfixturevalue("fresh_database")
    SQLStore(url).close()
    SQLStore(url).close()  # a second time changes nothing
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "orgkey_revision"})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_postgresql_says_what_time_it_is(fresh_database):
    store = SQLStore(fresh_database)
    try:
        record = TenantRecord(tenant="acme")
        store.create(record, Audit(tenant="acme", at=0, actor="", event="", state=State.PENDING))
        reading = store.read("acme")
        assert reading is not None
        assert 0 <= store.now() - reading.now < 5
    finally:
        store.close()


def test_a_connection_that_the_server_ended_costs_nothing(fresh_database, clock):
    psycopg = pytest.importorskip("psycopg")
    store, lock = SQLStore(fresh_database, clock=clock), PostgreSQLLock(fresh_database, clock=clock)
    try:
        record = TenantRecord(tenant="acme")
        audit = Audit(tenant="acme", at=0, actor="", event="", state=State.PENDING)
        store.create(record, audit)
        assert lock.acquire("acme", 60)
        with psycopg.connect(fresh_database, autocommit=True) as connection:
            others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(f"SELECT pg_terminate_backend(pid) FROM {others}")
        clock.advance(1)
        assert store.swap(record, audit, version=1)
        assert lock.acquire("globex", 60)
    finally:
        store.close()
        lock.close()


@contextmanager
def heard(store: SQLStore) -> Iterator[list[str]]:
    """What goes to the database: each statement, and each COMMIT of a transaction that was begun for several."""
    sent: list[str] = []

    def statement(*told: Any) -> None:
        sent.append(told[2])

    def commit(connection: Connection) -> None:
        if not connection.connection.driver_connection.autocommit:  # type: ignore[union-attr]  # it is connected
            sent.append("COMMIT")

    event.listen(store._engine, "before_cursor_execute", statement)
    event.listen(store._engine, "commit", commit)
    yield sent
    event.remove(store._engine, "before_cursor_execute", statement)
    event.remove(store._engine, "commit", commit)


def test_a_tenant_that_becomes_active_beside_a_new_epoch_gets_its_audit_line(fresh_database, clock):
    record = TenantRecord(tenant="acme")
    audit = Audit(tenant="acme", at=0, actor="", event="made", state=State.PENDING)
    with closing(SQLStore(fresh_database, clock=clock)) as store, closing(SQLStore(fresh_database)) as other:
        store.create(record, audit)

        def consented(*told: Any) -> None:
            if "orgkey_tenants SET" in told[2] and other.read("acme").record.version == 1:
                assert other.swap(replace(record, state=State.ACTIVE), replace(audit, event="consented"), version=1)

        event.listen(store._engine, "before_cursor_execute", consented)
        assert store.begin_epoch(by="ops") == 1
        assert store.read("acme").record.state is State.SUSPECT
        assert [line.event for line in store.audit("acme")] == ["restored", "consented", "made"]


@pytest.mark.parametrize("expected", [1, 2])
def test_postgresql_changes_a_record_and_its_audit_in_one_statement(fresh_database, clock, expected):
    with closing(SQLStore(fresh_database, clock=clock)) as store:
        record = TenantRecord(tenant="acme")
        audit = Audit(tenant="acme", at=0, actor="", event="made", state=State.PENDING)
        with heard(store) as sent:
            store.create(record, audit)
        assert sent[2:] == ["COMMIT"]
        with heard(store) as sent:
            assert store.swap(record, replace(audit, event="changed"), version=expected) is (expected == 1)
        assert len(sent) == 1
        assert [line.event for line in store.audit("acme")] == ["changed", "made"][expected - 1 :]


def test_a_refresh_is_three_round_trips_to_postgresql_and_a_claim_one(fresh_database, world, make):
    store = SQLStore(fresh_database)
    tenants = make(store=store)
    customer = new_customer(world)
    connect(tenants, customer)
    with heard(store) as sent:
        tenants.keep_alive(customer.tenant)
    assert [words.split()[0] for words in sent] == ["SELECT", "WITH", "WITH"]
    with heard(store) as sent:
        assert store.claim_due(limit=5, seconds=60) == []
    assert len(sent) == 1


def test_a_read_only_store_says_so(tmp_path, clock):
    path = tmp_path / "tenants.db"
    store = SQLStore(f"sqlite:///{path}", clock=clock)
    store._engine.dispose()
    guard = sqlite3.connect(path)
    guard.execute("PRAGMA journal_mode=DELETE")
    guard.close()
    with pytest.raises(StoreUnavailable, match="readonly"):
        SQLStore(f"sqlite:///file:{path}?mode=ro&uri=true", clock=clock)


def test_a_full_disk_is_the_store_not_taking_writes(tmp_path, clock):
    store = SQLStore(f"sqlite:///{tmp_path / 'tenants.db'}", clock=clock)
    try:
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1")
        record = TenantRecord(tenant="acme", sealed=bytes(1_000_000))
        audit = Audit(tenant=record.tenant, at=0, actor="", event="", state=State.PENDING)
        with pytest.raises(StoreUnavailable, match="full"):
            store.create(record, audit)
    finally:
        store.close()


@pytest.mark.parametrize(
    ("url", "match"),
    [("", "scheme"), ("mysql://x/y", "There are: postgresql, sqlite"), ("sqlite:", "looks like|is none")],
)
def test_a_url_that_is_none_is_explained(url, match):
    with pytest.raises(orgkey.ConfigError, match=match):
        open_store(url)


def test_a_store_on_postgresql_is_looked_into_and_not_made(fresh_database: str) -> None:
    assert open_existing(fresh_database) is None
    assert is_known_to_be_empty(fresh_database)
    with closing(SQLStore(fresh_database)) as store:
        assert is_known_to_be_empty(fresh_database)
        line = Audit(tenant="acme", at=0, actor="", event="added", state=State.PENDING)
        assert store.create(TenantRecord(tenant="acme"), line)
    assert not is_known_to_be_empty(fresh_database)
    found = open_existing(fresh_database)
    assert found is not None
    with closing(found):
        assert [record.tenant for record in found.page()] == ["acme"]


def test_what_nobody_can_look_into_is_not_known_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_text("of somebody else")
    for url in (f"sqlite:///{tmp_path / 'other.db'}", "postgresql://nobody@127.0.0.1:1/x", "vault:none"):
        assert not is_known_to_be_empty(url)
