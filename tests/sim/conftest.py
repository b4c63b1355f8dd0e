"""One world for each test module, and a fresh org with an app and a client for each test."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from logins import Login

from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import App, Org

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def shared_world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture
def org(shared_world: World) -> Org:
    return shared_world.create_org(f"org-{next(_NUMBERS)}")


@pytest.fixture
def app(org: Org) -> App:
    return org.create_app("Agent", callback_urls=["https://agent.example/callback"])


@pytest.fixture
def login(app: App) -> Iterator[Login]:
    with Login(app) as login:
        yield login
