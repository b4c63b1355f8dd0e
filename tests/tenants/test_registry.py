"""Tenants: sessions that adapters take, states that stop them, and the end of a program."""

from __future__ import annotations

import threading
import time

import httpx
import pytest
from consents import CALLBACK
from customers import stored_token

import orgkey
import orgkey_tenants
from orgkey_tenants import State, StoreUnavailable
from orgkey_tenants.errors import local
from orgkey_tenants.journal import Entry, FileJournal

LIMITS = "/services/data/v60.0/limits"


def call(session: orgkey.OrgSession) -> int:
    with httpx.Client(auth=orgkey.SalesforceAuth(session)) as client:
        return client.get(session.instance_url + LIMITS).status_code


def test_a_session_survives_an_expiry_by_a_rotation(tenants, customer):
    session = tenants.session(customer.tenant)
    assert call(session) == 200
    first = stored_token(tenants, customer.tenant)
    assert customer.holds(first)
    customer.org.expire_sessions()
    assert call(session) == 200
    assert not customer.holds(first)
    assert customer.holds(stored_token(tenants, customer.tenant))
    assert customer.sent() == 2
    record = tenants.get(customer.tenant)
    assert (record.state, record.generation, record.intent, record.failures) == (State.ACTIVE, 2, None, 0)
    assert [line.event for line in tenants.audit(customer.tenant)][:4] == [
        "refreshed",
        "refresh_announced",
        "refreshed",
        "refresh_announced",
    ]


def test_the_old_token_goes_on_while_the_next_one_is_under_way(tenants, customer):
    session = tenants.session(customer.tenant)
    first = session.token()
    customer.org.faults.add("token", delay=1.0)
    upkeep = threading.Thread(target=session.refreshed)
    upkeep.start()
    while tenants.get(customer.tenant).intent is None:
        time.sleep(0.01)
    assert call(session) == 200
    assert session.current is first
    upkeep.join(20)
    assert session.token().generation == 2


def test_the_hit_path_is_that_of_any_session():
    for name in ("current", "accepted", "token", "atoken", "_usable"):
        assert getattr(orgkey_tenants.TenantSession, name) is getattr(orgkey.OrgSession, name)


@pytest.fixture
def keyed(tenants, customer):
    """A tenant by JWT Bearer in the customer's org, and the user it acts as."""
    user = next(iter(customer.org.users.values()))
    tenants.add_jwt_bearer(
        "keyed",
        login_url=customer.org.login_url,
        username=user.username,
        key=customer.app.private_key_pem,
        client_id=customer.app.client_id,
    )
    return user


def test_a_tenant_with_a_key_says_how_it_fares(tenants, customer, keyed, clock):
    session = tenants.session("keyed")
    token = session.token()
    record = tenants.get("keyed")
    assert (record.org_id, record.user_id) == (customer.org.org_id, keyed.id)
    assert (record.last_refresh, record.failures, record.last_error) == (clock.now(), 0, "")
    keyed.deactivate()
    for failures in (1, 2):
        clock.advance(3_600)
        session.reset()
        with pytest.raises(orgkey.TokenRequestError):
            session.renew(token)
        record = tenants.get("keyed")
        assert (record.state, record.failures, record.last_error) == (State.ACTIVE, failures, "USER_INACTIVE")
    keyed.activate()
    session.reset()
    session.token()
    assert (tenants.get("keyed").failures, tenants.get("keyed").last_error) == (0, "")
    events = [line.event for line in tenants.audit("keyed")]
    assert events == ["refreshed", "not_refreshed", "not_refreshed", "refreshed", "enrolled"]


def test_a_store_that_takes_no_note_costs_no_token(tenants, keyed, monkeypatch):
    def away(*_: object, **__: object) -> bool:
        raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE")

    session = tenants.session("keyed")
    monkeypatch.setattr(tenants.store, "swap", away)
    assert session.token().user_id == keyed.id


async def test_a_task_has_the_same_session(tenants, customer):
    session = await tenants.asession(customer.tenant)
    assert session is tenants.session(customer.tenant)
    async with httpx.AsyncClient(auth=orgkey.SalesforceAuth(session)) as client:
        answer = await client.get((await session.atoken()).instance_url + LIMITS)
    assert answer.status_code == 200
    assert customer.sent() == 1


def test_a_revoked_grant_stops_all_traffic(tenants, customer):
    session = tenants.session(customer.tenant)
    assert call(session) == 200
    customer.org.revoke(customer.app)
    with pytest.raises(orgkey_tenants.NeedsReauth, match="reconnect") as caught:
        call(session)
    assert caught.value.diagnosis.cause.id == "REFRESH_TOKEN_INVALID"
    record = tenants.get(customer.tenant)
    assert (record.state, record.cause, record.intent) == (State.NEEDS_REAUTH, "REFRESH_TOKEN_INVALID", None)
    sent = customer.sent()
    for _ in range(10):
        with pytest.raises(orgkey.TokenRequestError):
            call(session)
    tenants.sessions.drop(customer.tenant)
    with pytest.raises(orgkey_tenants.NeedsReauth, match="reconnect"):
        tenants.session(customer.tenant)
    assert customer.sent() == sent


@pytest.mark.parametrize(
    ("tenant", "why"),
    [
        ("", "is empty"),
        (" acme", "white space"),
        ("acme\n", "white space"),
        (" ", "white space"),
        ("ac\x00me", "control character"),
        ("ac\tme", "control character"),
        ("ac\udcffme", "no UTF-8"),
        ("a" * 256, "256 characters"),
        (42, "is a int"),
    ],
)
def test_an_id_that_is_none_is_refused_whoever_brings_it(make, tenant, why):
    url = "https://acme.my.salesforce.com"
    tenants = make(redirect_uri=CALLBACK)
    for bring in (
        lambda: tenants.add(tenant, login_url=url),
        lambda: tenants.add_client_credentials(tenant, login_url=url, client_id="3MVG9", client_secret="none"),
        lambda: tenants.start_authorization(tenant, url),
    ):
        with pytest.raises(orgkey.ConfigError, match=why):
            bring()
    assert tenants.list() == []


def test_who_asks_for_a_tenant_by_bytes_that_are_no_text_is_told_that_there_is_none(tenants):
    with pytest.raises(orgkey_tenants.UnknownTenant):
        tenants.get("ac\udcffme")


@pytest.mark.parametrize(
    "tenant",
    ["6f1c1a52-9d0e-4a8b-8a53-7d0f3c1f8c11", "acme-emea", "42", "ada@example.com", "../a b", "ÅBC 株式会社", "a" * 255],
)
def test_an_id_is_whatever_a_product_calls_its_customers_by(make, tmp_path, tenant):
    make().add(tenant, login_url="https://acme.my.salesforce.com")
    record = make().get(tenant)
    assert record.tenant == tenant
    journal = FileJournal(tmp_path / "deep" / "journal")
    journal.write(Entry.of(record, "intent"))
    assert [path.parent for path in tmp_path.glob("deep/**/*.json")] == [tmp_path / "deep" / "journal"]
    found = journal.find(tenant, "intent")
    assert found is not None
    assert found.tenant == tenant
