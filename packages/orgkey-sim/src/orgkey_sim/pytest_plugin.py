"""pytest fixtures: a Salesforce for each test that asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim.model import Org
    from orgkey_sim.world import World

__all__ = ["salesforce_org", "salesforce_world"]


@pytest.fixture
def salesforce_world() -> Iterator[World]:
    """A world of its own for one test, without orgs."""
    from orgkey_sim.world import World

    with World() as world:
        yield world


@pytest.fixture
def salesforce_org(salesforce_world: World) -> Org:
    """A production org in that world, with one user and 50 Contacts."""
    return salesforce_world.create_org("acme", contacts=50)
