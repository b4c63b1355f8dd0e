"""Consent: an answer counts where state, browser, address and verifier fit, and the org is the right one."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import leaks
import pytest
from consents import CALLBACK, allow, customer_app, make_consent, make_ports
from fake_clock import FakeClock

import orgkey
from orgkey.endpoint import read_token
from orgkey_sim import VirtualClock, World
from orgkey_tenants import authorization, revocation
from orgkey_tenants.authorization import AuthorizationRefused
from orgkey_tenants.drivers import drive
from orgkey_tenants.errors import KeyServiceUnavailable, OtherOrg, StoreUnavailable, UnknownTenant, local
from orgkey_tenants.protocol import refresh
from orgkey_tenants.record import Audit, State, moved
from orgkey_tenants.rekeying import rotate_data_keys
from orgkey_tenants.revocation import former_grant, revoke_former
from orgkey_tenants.seal import Sealer
from orgkey_tenants.states import move
from orgkey_tenants.wrappers import LocalKeyWrapper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orgkey.endpoint import TokenAnswer
    from orgkey_sim import App, Org
    from orgkey_tenants.authorization import Consent
    from orgkey_tenants.record import TenantRecord
    from orgkey_tenants.steps import Ports


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def world(clock: FakeClock) -> Iterator[World]:
    with World(clock=VirtualClock(clock.now)) as world:
        yield world


@pytest.fixture
def acme(world: World) -> Org:
    return world.create_org("acme")


@pytest.fixture
def app(acme: Org) -> App:
    return customer_app(acme)


@pytest.fixture
def ports(tmp_path: Path, clock: FakeClock) -> Iterator[Ports]:
    ports = make_ports(tmp_path, clock)
    yield ports
    ports.store.close()


@pytest.fixture
def consent(ports: Ports) -> Consent:
    return make_consent(ports)


@pytest.fixture
def consented(consent: Consent, acme: Org, app: App) -> TenantRecord:
    del app
    url = consent.start("acme", acme.login_url)
    return consent.complete(allow(url), browser_cookie=url.browser_cookie, by="ada")


def refresh_token(ports: Ports, record: TenantRecord) -> orgkey.Secret:
    return ports.sealer.open_record(record)


def stored(ports: Ports, tenant: str = "acme") -> TenantRecord:
    reading = ports.store.read(tenant)
    assert reading is not None
    return reading.record


def refused(reason: str) -> Any:
    return pytest.raises(AuthorizationRefused, check=lambda error: error.reason == reason)


def test_a_consent_makes_the_tenant_active(consented: TenantRecord, ports: Ports, acme: Org, app: App) -> None:
    assert stored(ports) == consented
    assert (consented.state, consented.org_id, consented.scope) == (State.ACTIVE, acme.org_id, "api refresh_token")
    assert (consented.changed_by, consented.login_url) == ("ada", acme.login_url)
    assert [line.event for line in ports.store.audit("acme")] == ["consented", "created"]
    answer = httpx.post(
        f"{acme.login_url}/services/oauth2/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": refresh_token(ports, consented).reveal(),
            "client_id": app.client_id,
            "client_secret": app.client_secret,
        },
    )
    assert answer.status_code == 200


def test_observers_are_told_why_a_tenant_is_active(consent: Consent, ports: Ports, acme: Org, app: App) -> None:
    del app
    told: list[orgkey.Event] = []
    ports.tell = told.append
    url = consent.start("acme", acme.login_url)
    consent.complete(allow(url), browser_cookie=url.browser_cookie)
    move(ports, "acme", State.SUSPENDED, cause="UNPAID", by="billing", event="suspended")
    assert [(event.kind, event.tenant, event.state, event.cause) for event in told] == [
        ("tenant_state", "acme", "ACTIVE", "CONSENTED"),
        ("tenant_state", "acme", "SUSPENDED", "UNPAID"),
    ]


def test_a_public_client_sends_no_secret(tmp_path: Path, clock: FakeClock, acme: Org) -> None:
    customer_app(acme, secret_required=False, client_secret="another")
    ports = make_ports(tmp_path, clock, client_secret=None)
    consent = make_consent(ports)
    url = consent.start("acme", acme.login_url)
    assert consent.complete(allow(url), browser_cookie=url.browser_cookie).state is State.ACTIVE
    ports.store.close()


def test_a_task_completes_a_consent(consent: Consent, acme: Org, app: App) -> None:
    del app

    async def walk() -> TenantRecord:
        url = await asyncio.to_thread(consent.start, "acme", acme.login_url)
        back = await asyncio.to_thread(allow, url)
        return await consent.acomplete(back, browser_cookie=url.browser_cookie)

    assert asyncio.run(walk()).state is State.ACTIVE


def test_nothing_secret_is_in_the_url_the_store_or_an_error(
    consent: Consent, ports: Ports, acme: Org, app: App, tmp_path: Path
) -> None:
    del app
    url = consent.start("acme", acme.login_url)
    back = allow(url)
    code = httpx.URL(back).params["code"]
    state = httpx.URL(back).params["state"]
    with refused("browser") as refusal:
        consent.complete(back, browser_cookie="not-the-c00kie")
    shown = leaks.shown(refusal.value)
    for secret in (code, url.browser_cookie.reveal(), "not-the-c00kie"):
        assert secret not in shown
    url = consent.start("acme", acme.login_url)
    record = consent.complete(allow(url), browser_cookie=url.browser_cookie)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (state, url.browser_cookie.reveal(), refresh_token(ports, record).reveal()):
        assert secret.encode() not in written


def test_a_state_is_good_once(consent: Consent, acme: Org, app: App) -> None:
    del app
    url = consent.start("acme", acme.login_url)
    back = allow(url)
    consent.complete(back, browser_cookie=url.browser_cookie)
    with refused("state"):
        consent.complete(back, browser_cookie=url.browser_cookie)


def test_of_two_callbacks_at_once_one_counts(consent: Consent, acme: Org, app: App) -> None:
    del app
    url = consent.start("acme", acme.login_url)
    back, results = allow(url), list[object]()

    def complete() -> None:
        try:
            results.append(consent.complete(back, browser_cookie=url.browser_cookie).state)
        except AuthorizationRefused as error:
            results.append(error.reason)

    threads = [threading.Thread(target=complete) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["ACTIVE", "state", "state", "state"]
    assert acme.token_requests == 1


def test_a_state_ends_after_fifteen_minutes(consent: Consent, acme: Org, app: App, clock: FakeClock) -> None:
    del app
    url = consent.start("acme", acme.login_url)
    back = allow(url)
    clock.advance(901)
    with refused("state"):
        consent.complete(back, browser_cookie=url.browser_cookie)


@pytest.mark.parametrize("query", ["", "code=aPrx", "code=aPrx&state=guessed", "code=aPrx&state=a&state=b"])
def test_a_callback_that_nobody_asked_for_is_refused(consent: Consent, query: str) -> None:
    with refused("state"):
        consent.complete(f"{CALLBACK}?{query}", browser_cookie="any")


def test_another_browser_cannot_finish_a_login(consent: Consent, acme: Org, app: App) -> None:
    del app
    mine, theirs = consent.start("acme", acme.login_url), consent.start("evil", acme.login_url)
    with refused("browser"):
        consent.complete(allow(theirs), browser_cookie=mine.browser_cookie)
    assert acme.token_requests == 0


def test_without_a_cookie_it_takes_saying_so(consent: Consent, acme: Org, app: App) -> None:
    del app
    url = consent.start("acme", acme.login_url)
    back = allow(url)
    with pytest.raises(orgkey.ConfigError, match="unbound_browser=True"):
        consent.complete(back)
    assert consent.complete(back, unbound_browser=True).state is State.ACTIVE  # it was not used up by the mistake


@pytest.mark.parametrize(
    "address", ["https://evil.example.com/salesforce/callback", CALLBACK + "/", CALLBACK.replace("https", "http")]
)
def test_the_callback_address_is_compared_literally(consent: Consent, acme: Org, app: App, address: str) -> None:
    del app
    url = consent.start("acme", acme.login_url)
    with refused("address"):
        consent.complete(allow(url).replace(CALLBACK, address), browser_cookie=url.browser_cookie)


def test_an_answer_of_another_issuer_is_refused(consent: Consent, acme: Org, app: App) -> None:
    del app
    url = consent.start("acme", acme.login_url)
    with refused("issuer"):
        consent.complete(allow(url) + "&iss=https%3A%2F%2Fevil.my.salesforce.com", browser_cookie=url.browser_cookie)
    assert acme.token_requests == 0


def test_a_code_of_another_login_is_of_no_use(consent: Consent, acme: Org, app: App, ports: Ports) -> None:
    """PKCE: an injected code was asked for with another verifier."""
    del app
    victim, mine = consent.start("victim", acme.login_url), consent.start("acme", acme.login_url)
    stolen = httpx.URL(allow(victim)).params["code"]
    back = str(httpx.URL(allow(mine)).copy_set_param("code", stolen))
    with pytest.raises(orgkey.TokenRequestError) as refusal:
        consent.complete(back, browser_cookie=mine.browser_cookie)
    assert refusal.value.diagnosis.cause.id == "CODE_VERIFIER_INVALID"
    assert stored(ports).state is State.PENDING


def test_a_denied_consent_names_its_cause(consent: Consent, acme: Org, app: App, ports: Ports) -> None:
    del app
    acme.refuse_next("access_denied")
    url = consent.start("acme", acme.login_url)
    with pytest.raises(orgkey.TokenRequestError) as refusal:
        consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert refusal.value.diagnosis.cause.id == "CONSENT_DENIED"
    assert stored(ports).state is State.PENDING


def test_another_org_is_refused_and_given_its_consent_back(
    consented: TenantRecord, consent: Consent, world: World, ports: Ports
) -> None:
    other = world.create_org("other")
    customer_app(other)
    url = consent.start("acme", other.login_url)
    with pytest.raises(OtherOrg, match=other.org_id):
        consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert stored(ports) == consented
    assert other.count(endpoint="revoke", status=200) == 1


def test_an_answer_that_names_another_host_is_given_back(
    consent: Consent, acme: Org, app: App, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app

    def bent(*arguments: Any) -> TokenAnswer:
        answer = read_token(*arguments)
        return replace(answer, identity_url=answer.identity_url.replace(acme.login_url, "https://evil.example.com"))

    monkeypatch.setattr(authorization, "read_token", bent)
    url = consent.start("acme", acme.login_url)
    with pytest.raises(orgkey.UntrustedHost, match="identity URL"):
        consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert (stored(ports).state, acme.count(endpoint="revoke", status=200)) == (State.PENDING, 1)


def test_fewer_scopes_than_asked_are_refused(consent: Consent, acme: Org, app: App, ports: Ports) -> None:
    url = consent.start("acme", acme.login_url)
    with pytest.raises(orgkey.MissingScope, match="api"):
        consent.complete(_with_scopes(app, url, "refresh_token"), browser_cookie=url.browser_cookie)
    assert stored(ports).state is State.PENDING
    url = consent.start("acme", acme.login_url)
    with refused("refresh_token"):
        consent.complete(_with_scopes(app, url, "api"), browser_cookie=url.browser_cookie)
    assert acme.count(endpoint="revoke", status=200) == 2


def _with_scopes(app: App, url: str, scopes: str) -> str:
    """What the browser comes back with where the org grants other scopes than it was asked for."""
    del app
    return allow(str(httpx.URL(url).copy_set_param("scope", scopes)))


def test_a_reconnect_keeps_the_tenant_and_begins_a_family(
    consented: TenantRecord, consent: Consent, ports: Ports
) -> None:
    reading = ports.store.read("acme")
    assert reading is not None
    dead = moved(reading.record, State.NEEDS_REAUTH, cause="REFRESH_TOKEN_INVALID", by="test", at=reading.now)
    line = Audit(tenant="acme", at=0, actor="test", event="grant_ended", state=dead.state)
    assert ports.store.swap(dead, line, version=reading.record.version)
    url = consent.start("acme")  # where the last consent was
    record = consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert (record.state, record.org_id, record.generation) == (State.ACTIVE, consented.org_id, 1)
    assert record.family != consented.family
    assert refresh_token(ports, record) != refresh_token(ports, consented)


def test_a_suspended_tenant_is_not_resumed_by_a_consent(
    consented: TenantRecord, consent: Consent, ports: Ports
) -> None:
    url = consent.start("acme")
    suspended = moved(consented, State.SUSPENDED, cause="overdue", by="billing", at=0)
    line = Audit(tenant="acme", at=0, actor="billing", event="suspended", state=State.SUSPENDED)
    assert ports.store.swap(suspended, line, version=consented.version)
    with refused("tenant"):
        consent.start("acme")
    with refused("tenant"):
        consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert stored(ports).state is State.SUSPENDED


def test_a_tenant_that_is_not_known_needs_a_login_url(consent: Consent) -> None:
    with pytest.raises(UnknownTenant):
        consent.start("nobody")


@pytest.mark.parametrize(
    "url", ["https://evil.example.com", "http://acme.my.salesforce.com", "https://evilsalesforce.com"]
)
def test_no_administrator_is_sent_to_another_host(consent: Consent, ports: Ports, url: str) -> None:
    with pytest.raises(orgkey.ConfigError, match="login URL of tenant 'acme'"):
        consent.start("acme", url)
    assert ports.store.read("acme") is None


def test_a_redirect_uri_with_a_query_is_refused(ports: Ports) -> None:
    with pytest.raises(orgkey.ConfigError, match="query"):
        make_consent(ports, redirect_uri=CALLBACK + "?tenant=acme")


def test_a_store_that_fails_for_a_moment_loses_no_consent(
    acme: Org, app: App, ports: Ports, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    del app
    consent = make_consent(ports)
    url = consent.start("acme", acme.login_url)
    swap, failures = ports.store.swap, iter([1, 1])

    def failing(*arguments: Any, **options: Any) -> bool:
        if next(failures, None):
            raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE")
        return swap(*arguments, **options)

    monkeypatch.setattr(ports.store, "swap", failing)
    assert consent.complete(allow(url), browser_cookie=url.browser_cookie).state is State.ACTIVE
    assert clock.slept == [0.1, 0.2]


def test_a_write_that_seemed_to_fail_is_not_done_again(
    consented: TenantRecord, consent: Consent, ports: Ports, acme: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, swap, calls = refresh_token(ports, consented), ports.store.swap, list[int]()

    def failing(record: TenantRecord, audit: Audit, *, version: int) -> bool:
        calls.append(version)
        assert swap(record, audit, version=version)
        raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", "the connection broke after the commit")

    url = consent.start("acme")
    monkeypatch.setattr(ports.store, "swap", failing)
    record = consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert (stored(ports), len(calls)) == (record, 1)
    assert acme.consents.find(former.reveal()) is None
    assert acme.consents.find(refresh_token(ports, record).reveal()) is not None
    assert [line.event for line in ports.store.audit("acme")][:3] == ["former_revoked", "consented", "consented"]
    assert ports.store.audit("acme")[1].cause == "FORMER_TO_BE_REVOKED"


def test_a_write_that_seemed_to_fail_is_not_put_over_a_refresh_of_what_it_wrote(
    consented: TenantRecord, consent: Consent, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = ports.store.swap

    def failing(record: TenantRecord, audit: Audit, *, version: int) -> bool:
        assert swap(record, audit, version=version)
        monkeypatch.setattr(ports.store, "swap", swap)
        drive(refresh("acme", owner="elsewhere", clock=ports.clock), ports)
        raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", "the connection broke after the commit")

    url = consent.start("acme")
    monkeypatch.setattr(ports.store, "swap", failing)
    record = consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert (stored(ports), record.generation, record.intent) == (record, 2, None)
    assert record.family != consented.family


def test_two_writers_do_not_lose_the_consent(
    consent: Consent, acme: Org, app: App, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app
    url = consent.start("acme", acme.login_url)
    swap, calls = ports.store.swap, list[int]()

    def raced(record: TenantRecord, audit: Audit, *, version: int) -> bool:
        calls.append(version)
        if len(calls) == 1:
            other = stored(ports)
            assert swap(replace(other, failures=3), audit, version=other.version)
        return swap(record, audit, version=version)

    monkeypatch.setattr(ports.store, "swap", raced)
    record = consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert (stored(ports), record.failures, len(calls)) == (record, 0, 2)


# --- keys that are rotated meanwhile


def rotated_meanwhile(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process rotates data keys while the token endpoint answers."""
    sealer = Sealer(ports.store, LocalKeyWrapper([bytes(32)]), environment="test", clock=ports.clock)
    elsewhere = replace(ports, sealer=sealer)

    def rotating(*arguments: Any) -> Any:
        assert rotate_data_keys(elsewhere, by="ops", sweep=True) == 1
        return read_token(*arguments)

    monkeypatch.setattr(authorization, "read_token", rotating)


def test_keys_that_are_rotated_during_the_exchange_cost_no_grant(
    consented: TenantRecord, consent: Consent, ports: Ports, acme: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = consent.start("acme")
    rotated_meanwhile(ports, monkeypatch)
    record = consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert record.family != consented.family
    assert [key.version for key in ports.store.keys("acme")] == [record.dek_version]
    assert acme.consents.find(refresh_token(ports, stored(ports)).reveal()) is not None


def test_keys_that_are_rotated_right_before_the_write_cost_no_grant(
    consented: TenantRecord, consent: Consent, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap, versions = ports.store.swap, list[int]()

    def late(record: TenantRecord, audit: Audit, *, version: int) -> bool:
        if audit.event == "consented":
            versions.append(record.dek_version)
            if len(versions) == 1:
                assert rotate_data_keys(ports, by="ops", sweep=True) == 1
        return swap(record, audit, version=version)

    url = consent.start("acme")
    monkeypatch.setattr(ports.store, "swap", late)
    record = consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert (versions, record.family != consented.family) == ([1, 2], True)
    assert refresh_token(ports, record)


def test_keys_that_are_rotated_before_the_answer_cost_no_consent(
    consented: TenantRecord, consent: Consent, ports: Ports, clock: FakeClock
) -> None:
    url = consent.start("acme")
    assert rotate_data_keys(ports, by="ops", sweep=True) == 1
    assert consent.complete(allow(url), browser_cookie=url.browser_cookie).family != consented.family
    clock.advance(901)
    assert rotate_data_keys(ports, by="ops", sweep=True) == 1
    assert len(ports.store.keys("acme")) == 1


def test_a_consent_whose_key_is_gone_is_started_again(
    consented: TenantRecord, consent: Consent, ports: Ports, acme: Org
) -> None:
    url = consent.start("acme")
    ports.sealer.shred("acme")
    ports.sealer.new_key("acme")  # of the same version
    with refused("state") as refusal:
        consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert "Start the authorization again" in str(refusal.value)
    assert (stored(ports), acme.count(endpoint="revoke")) == (consented, 0)


def test_a_key_service_that_fails_for_a_moment_loses_no_consent(
    consented: TenantRecord, consent: Consent, ports: Ports, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    """Once the keys were rotated it is needed between the answer and the store."""
    wrapper: Any = ports.sealer._wrapper
    unwrap, failures = wrapper.unwrap, iter([1, 1])

    def failing(*arguments: Any) -> bytes:
        if next(failures, None):
            raise local(KeyServiceUnavailable, "KEY_SERVICE_UNAVAILABLE")
        found: bytes = unwrap(*arguments)
        return found

    url = consent.start("acme")
    rotated_meanwhile(ports, monkeypatch)
    monkeypatch.setattr(wrapper, "unwrap", failing)
    assert consent.complete(allow(url), browser_cookie=url.browser_cookie).family != consented.family
    assert clock.slept == [0.1, 0.2]


# --- the org that is expected


def test_an_administrator_of_another_org_is_refused_at_the_first_consent_too(
    consent: Consent, world: World, acme: Org, app: App, ports: Ports
) -> None:
    del app
    other = world.create_org("other")
    customer_app(other)
    url = consent.start("acme", other.login_url, org_id=acme.org_id)
    with pytest.raises(OtherOrg, match=other.org_id):
        consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert (stored(ports).state, stored(ports).org_id) == (State.PENDING, acme.org_id)
    assert other.count(endpoint="revoke", status=200) == 1
    url = consent.start("acme", acme.login_url)
    assert consent.complete(allow(url), browser_cookie=url.browser_cookie).state is State.ACTIVE


def test_until_somebody_consents_the_expected_org_may_be_put_right(
    consent: Consent, acme: Org, app: App, ports: Ports
) -> None:
    del app
    consent.start("acme", acme.login_url, org_id="00D5g000004HfQrEAK")
    url = consent.start("acme", org_id=acme.org_id[:15], by="ada")
    assert (stored(ports).org_id, ports.store.audit("acme")[0].event) == (acme.org_id, "org_expected")
    assert ports.store.audit("acme")[0].actor == "ada"
    consent.complete(allow(url), browser_cookie=url.browser_cookie)
    with pytest.raises(OtherOrg, match="00D5g000004HfQrEAK"):
        consent.start("acme", org_id="00D5g000004HfQr")
    assert stored(ports).org_id == acme.org_id


@pytest.mark.parametrize("org_id", ["acme", "00D", "0055g000004HfQrEAK", "00D5G000004HFQREAK", "00d5g000004hfqr"])
def test_an_org_id_that_is_none_is_explained(consent: Consent, acme: Org, ports: Ports, org_id: str) -> None:
    with pytest.raises(orgkey.ConfigError, match="Company Information"):
        consent.start("acme", acme.login_url, org_id=org_id)
    assert ports.store.read("acme") is None


# --- the grant that a reconnect replaces


def test_a_reconnect_ends_the_grant_before_it_and_no_other(
    consented: TenantRecord, consent: Consent, ports: Ports, acme: Org
) -> None:
    former = refresh_token(ports, consented)
    url = consent.start("acme")
    record = consent.complete(allow(url), browser_cookie=url.browser_cookie, by="ada")
    present = acme.consents.find(refresh_token(ports, record).reveal())
    assert acme.consents.find(former.reveal()) is None
    assert present is not None
    assert not present.spent
    line, before, first, _ = ports.store.audit("acme")
    assert (line.event, line.actor, line.cause, line.generation) == ("former_revoked", "ada", "", 1)
    assert (before.event, before.cause, first.event) == ("consented", "FORMER_TO_BE_REVOKED", "consented")
    assert first.cause != before.cause
    assert former_grant(ports.store, "acme").startswith("revoked, 20")
    assert acme.count(endpoint="revoke", status=200) == 1


@pytest.mark.parametrize(
    ("cause", "trouble"),
    [
        ("ENDPOINT_UNREACHABLE", {"drop": "before"}),
        ("ENDPOINT_UNREACHABLE", {"drop": "after"}),
        ("SALESFORCE_UNAVAILABLE", {"status": 503}),
    ],
)
def test_a_grant_that_cannot_be_ended_costs_the_new_one_nothing(
    consented: TenantRecord, consent: Consent, ports: Ports, *, cause: str, trouble: dict[str, Any], acme: Org
) -> None:
    acme.faults.add("revoke", times=3, **trouble)
    url = consent.start("acme")
    record = consent.complete(allow(url), browser_cookie=url.browser_cookie)
    line = ports.store.audit("acme")[0]
    assert (line.event, line.cause) == ("former_not_revoked", cause)
    assert former_grant(ports.store, "acme").startswith(f"not revoked ({cause}), 20")
    assert (stored(ports), record.state) == (record, State.ACTIVE)
    assert record.family != consented.family
    assert acme.consents.find(refresh_token(ports, record).reveal()) is not None


def test_a_grant_that_does_not_open_any_more_is_told_of(
    consented: TenantRecord, consent: Consent, ports: Ports, acme: Org
) -> None:
    broken = replace(consented, sealed=consented.sealed[:-1])
    assert ports.store.swap(broken, Audit.of(broken, "cut", by="test", at=0.0), version=consented.version)
    url = consent.start("acme")
    assert consent.complete(allow(url), browser_cookie=url.browser_cookie).state is State.ACTIVE
    line = ports.store.audit("acme")[0]
    assert (line.event, line.cause, acme.count(endpoint="revoke")) == ("former_not_revoked", "TENANT_SEAL_BROKEN", 0)


def test_a_grant_that_salesforce_knows_no_more_is_not_said_to_be_ended_now(
    consented: TenantRecord, consent: Consent, ports: Ports, acme: Org
) -> None:
    token = refresh_token(ports, consented).reveal()
    httpx.post(f"{acme.login_url}/services/oauth2/revoke", data={"token": token}, trust_env=False).raise_for_status()
    url = consent.start("acme")
    assert consent.complete(allow(url), browser_cookie=url.browser_cookie).state is State.ACTIVE
    line = ports.store.audit("acme")[0]
    assert (line.event, line.cause) == ("former_not_found", "")
    assert former_grant(ports.store, "acme").startswith("not found at Salesforce")


def test_where_no_thread_is_to_be_had_the_former_grant_is_ended_all_the_same(
    consented: TenantRecord, consent: Consent, ports: Ports, acme: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, start = refresh_token(ports, consented), threading.Thread.start

    def refused(thread: threading.Thread) -> None:
        if thread.name == "orgkey-revoke":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refused)
    url = consent.start("acme")
    assert consent.complete(allow(url), browser_cookie=url.browser_cookie).state is State.ACTIVE
    assert acme.consents.find(former.reveal()) is None
    assert ports.store.audit("acme")[0].event == "former_revoked"


def test_nobody_waits_for_long_until_the_former_grant_is_ended(
    consented: TenantRecord, consent: Consent, ports: Ports, acme: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocation, "PATIENCE", 0.1)
    acme.faults.add("revoke", delay=1.0)
    url = consent.start("acme")
    began = time.monotonic()
    record = consent.complete(allow(url), browser_cookie=url.browser_cookie)
    assert time.monotonic() - began < 0.9
    assert (record.family != consented.family, ports.store.audit("acme")[0].event) == (True, "consented")
    while ports.store.audit("acme")[0].event == "consented":
        assert time.monotonic() - began < 20
        time.sleep(0.01)
    assert ports.store.audit("acme")[0].event == "former_revoked"


def test_a_token_that_came_again_is_not_ended(consented: TenantRecord, ports: Ports, acme: Org) -> None:
    revoke_former(ports, consented, refresh_token(ports, consented), by="test")
    assert acme.count(endpoint="revoke") == 0
    assert ports.store.audit("acme")[0].event == "former_kept"
    assert former_grant(ports.store, "acme").startswith("the same as the present one")


def test_a_store_that_takes_no_note_undoes_no_consent(
    consented: TenantRecord, consent: Consent, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(audit: Audit) -> None:
        raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", audit.event)

    monkeypatch.setattr(ports.store, "note", full)
    url = consent.start("acme")
    assert consent.complete(allow(url), browser_cookie=url.browser_cookie).family != consented.family
