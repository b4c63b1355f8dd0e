"""A product with customers at a local Salesforce; a store in a file, and a clock that moves when told to."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Any

import pytest
from customers import CLIENT_ID, CLIENT_SECRET, Customer, connect, new_customer
from fake_clock import FakeClock

import orgkey_sim
from orgkey_tenants import Tenants
from orgkey_tenants.stores.sql import SQLStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orgkey_sim import World


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
def customer(world: World, tenants: Tenants) -> Customer:
    """A customer that has consented."""
    found = new_customer(world)
    connect(tenants, found)
    return found
