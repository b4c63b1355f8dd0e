"""Records of a local Salesforce, on a session that may be ended at any moment."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

import orgkey
import orgkey_sim
from orgkey_records import Records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import App, Org, World

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with orgkey_sim.World() as world:
        yield world


@pytest.fixture
def org(world: World) -> Org:
    org = world.create_org(f"acme{next(_NUMBERS)}", contacts=450)
    org.create_user("agent@acme.example")
    org.create_user("jane@acme.example")
    return org


@pytest.fixture
def app(org: Org) -> App:
    return org.create_app("Acme Agent", run_as=org.user("agent@acme.example"), scopes={"api"})


@pytest.fixture
def session(app: App) -> orgkey.OrgSession:
    return orgkey.connect(
        login_url=app.org.login_url,
        client_id=app.client_id,
        username="agent@acme.example",
        private_key=app.private_key_pem,
        allow_loopback_http=True,
    )


@pytest.fixture
def records(session: orgkey.OrgSession) -> Records:
    """Records on which everything is permitted."""
    return Records(session, allow={"create", "update", "upsert", "delete"})


@pytest.fixture(scope="module")
def shared_records(world: World) -> Records:
    """Records of an org that a module's tests only read; one Contact's last name is Marker."""
    org = world.create_org(f"shared{next(_NUMBERS)}", contacts=5)
    app = org.create_app("Shared", run_as=org.create_user("agent@acme.example"), scopes={"api"})
    session = orgkey.connect(
        login_url=org.login_url, client_id=app.client_id, client_secret=app.client_secret, allow_loopback_http=True
    )
    records = Records(session, allow={"create"})
    records.create("Contact", {"LastName": "Marker"})
    return records
