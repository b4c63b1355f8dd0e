"""Tenants by JWT Bearer and Client Credentials: their secrets are sealed, and open as a grant that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from consents import make_ports
from fake_clock import FakeClock

import orgkey
from orgkey_sim import VirtualClock, World
from orgkey_tenants.enrolment import enrol, renew_secret
from orgkey_tenants.errors import SealBroken, TenantExists
from orgkey_tenants.record import State, TenantRecord
from orgkey_tenants.session import grant_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orgkey_sim import App
    from orgkey_tenants.steps import Ports


@pytest.fixture
def app() -> Iterator[App]:
    clock = FakeClock()
    with World(clock=VirtualClock(clock.now)) as world:
        org = world.create_org("acme")
        yield org.create_app("Agent", run_as=org.create_user("agent@acme.example"))


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    ports = make_ports(tmp_path, FakeClock())
    yield ports
    ports.store.close()


def jwt(app: App, tenant: str = "acme") -> TenantRecord:
    return TenantRecord(
        tenant=tenant,
        grant="jwt_bearer",
        login_url=app.org.login_url,
        client_id=app.client_id,
        username="agent@acme.example",
        certificate=app.certificate_pem,
    )


def by_secret(app: App) -> TenantRecord:
    return TenantRecord(tenant="acme", grant="client_credentials", login_url=app.org.login_url, client_id=app.client_id)


def opened(ports: Ports, record: TenantRecord) -> orgkey.Secret:
    key = ports.sealer.key(record.tenant, record.dek_version)
    return ports.sealer.open(
        key, record.sealed, kind=record.secret_kind, family=record.family, generation=record.generation
    )


def token(ports: Ports, record: TenantRecord) -> orgkey.Token:
    options = orgkey.SessionOptions(allow_loopback_http=True)
    return orgkey.OrgSession(
        grant_of(record, opened(ports, record)), record.login_url, options, clock=ports.clock
    ).token()


def test_a_key_of_its_own(ports: Ports, app: App, tmp_path: Path) -> None:
    record = enrol(ports, jwt(app), orgkey.Secret(app.private_key_pem), by="ada")
    reading = ports.store.read("acme")
    assert reading is not None
    assert reading.record == record
    assert (record.state, record.rotates, record.idle_deadline) == (State.ACTIVE, False, None)
    assert token(ports, record).org_id == app.org.org_id
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert app.private_key_pem.splitlines()[1].encode() not in written
    assert [line.event for line in ports.store.audit("acme")] == ["enrolled"]


def test_a_secret_of_its_own(ports: Ports, app: App, tmp_path: Path) -> None:
    record = enrol(ports, by_secret(app), orgkey.Secret(app.client_secret))
    assert token(ports, record).org_id == app.org.org_id
    assert app.client_secret.encode() not in b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())


def test_one_tenants_key_opens_nothing_of_another(ports: Ports, app: App) -> None:
    enrol(ports, jwt(app), orgkey.Secret(app.private_key_pem))
    other = enrol(ports, jwt(app, "other"), orgkey.Secret(app.private_key_pem))
    swapped = TenantRecord(**{name: getattr(other, name) for name in other.__slots__} | {"tenant": "acme"})
    with pytest.raises(SealBroken):
        opened(ports, swapped)


def test_a_new_key_takes_the_place_of_the_old_one(ports: Ports, app: App) -> None:
    before = enrol(ports, jwt(app), orgkey.Secret(app.private_key_pem))
    app.replace_certificate()
    with pytest.raises(orgkey.TokenRequestError, match="assertion"):
        token(ports, before)
    after = renew_secret(ports, before, orgkey.Secret(app.private_key_pem), certificate=app.certificate_pem, by="ada")
    assert (after.generation, after.certificate) == (2, app.certificate_pem)
    assert token(ports, after).org_id == app.org.org_id
    with pytest.raises(orgkey.ConfigError, match="changed by somebody else"):
        renew_secret(ports, before, orgkey.Secret(app.private_key_pem))


def test_a_taken_id_is_refused(ports: Ports, app: App) -> None:
    enrol(ports, jwt(app), orgkey.Secret(app.private_key_pem))
    with pytest.raises(TenantExists):
        enrol(ports, by_secret(app), orgkey.Secret(app.client_secret))


@pytest.mark.parametrize("login_url", ["https://login.salesforce.com", "https://evil.example.com"])
def test_what_cannot_work_is_not_stored(ports: Ports, app: App, login_url: str) -> None:
    record = by_secret(app)
    bad = TenantRecord(tenant="acme", grant=record.grant, login_url=login_url, client_id=record.client_id)
    with pytest.raises(orgkey.ConfigError):
        enrol(ports, bad, orgkey.Secret(app.client_secret))
    with pytest.raises(orgkey.ConfigError, match="begins with `orgkey tenants authorize`"):
        enrol(ports, TenantRecord(tenant="acme", login_url=app.org.login_url), orgkey.Secret("x"))
    assert ports.store.read("acme") is None
