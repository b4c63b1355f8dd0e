"""Locks: one holder, an end by itself, and nobody frees what is somebody else's."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from consents import make_ports

import orgkey
from orgkey_tenants.locks import LockUnavailable, PostgreSQLLock, ProcessLock, RedisLock, open_lock
from orgkey_tenants.steps import NO_LOCK, Acquire, Release
from orgkey_tenants.stores.sql import SQLStore


@pytest.fixture(params=["process", "redis", "postgresql"])
def lock(request):
    if request.param == "process":
        made = ProcessLock()
    elif request.param == "redis":
        made = RedisLock(request.getfixturevalue("redis_socket"))
        made._client.flushall()
    else:
        url = request.getfixturevalue("fresh_database")
        SQLStore(url).close()
        made = PostgreSQLLock(url)
    yield made
    made.close()


def test_of_many_one_holds_it(lock):
    with ThreadPoolExecutor(8) as pool:
        owners = [owner for owner in pool.map(lambda _: lock.acquire("acme", 60), range(8)) if owner]
    assert len(owners) == 1
    assert lock.acquire("globex", 60)
    lock.release("acme", owners[0])
    assert lock.acquire("acme", 60)


def test_it_ends_by_itself_and_a_late_holder_frees_nobody_else_s(lock):
    first = lock.acquire("acme", 0.05)
    time.sleep(0.1)
    second = lock.acquire("acme", 60)
    assert second
    assert first != second
    lock.release("acme", first)
    assert lock.acquire("acme", 60) is None


@pytest.mark.parametrize("name", ["x" * 255, "ü" * 255])
def test_the_longest_id_of_a_tenant_is_a_name_too(lock, name):
    owner = lock.acquire(name, 60)
    assert owner
    assert lock.acquire(name, 60) is None
    assert lock.acquire(name[:-1], 60)
    lock.release(name, owner)
    assert lock.acquire(name, 60)


def test_a_lock_that_does_not_answer_is_told_of_once_until_it_does(tmp_path, fresh_database, caplog):
    """Here the table is missing; the refresh goes on."""
    ports = replace(make_ports(tmp_path, orgkey.SYSTEM_CLOCK), lock=PostgreSQLLock(fresh_database))
    for _ in range(3):
        assert Acquire("acme", 60).perform(ports) == NO_LOCK
    SQLStore(fresh_database).close()
    owner = Acquire("acme", 60).perform(ports)
    assert owner not in {None, NO_LOCK}
    assert [record.name for record in caplog.records if "ORGKEY_TENANTS_LOCK" in record.message] == ["orgkey"]
    assert "UndefinedTable" in caplog.text
    with ports.lock._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE orgkey_locks")
    Release("acme", owner).perform(ports)
    assert caplog.text.count("ORGKEY_TENANTS_LOCK") == 2
    ports.lock.close()
    ports.store.close()


def test_a_server_that_is_away_is_said_so():
    for lock in (RedisLock("redis://127.0.0.1:1/0"), PostgreSQLLock("postgresql://nobody@127.0.0.1:1/none")):
        with pytest.raises(LockUnavailable):
            lock.acquire("acme", 1)
        lock.close()


@pytest.mark.parametrize(
    ("url", "match"), [("zookeeper://x", "There are: postgresql, redis"), ("redis://x:port", "none")]
)
def test_a_url_that_is_none_is_explained(url, match):
    with pytest.raises(orgkey.ConfigError, match=match):
        open_lock(url)
