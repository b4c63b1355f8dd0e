"""Locks: one holder, an end by itself, and nobody frees what is somebody else's."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import orgkey
from orgkey_tenants.locks import LockUnavailable, PostgreSQLLock, ProcessLock, RedisLock, open_lock
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
