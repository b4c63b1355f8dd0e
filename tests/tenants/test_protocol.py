"""What the refresh protocol makes of each answer, on the bench and at a local Salesforce."""

from __future__ import annotations

import asyncio
import threading
import time
from urllib.parse import urlsplit

import crowd
import pytest
from customers import connect, new_customer, stored_token
from refresh_bench import Bench, FlakyStore
from relay_proxy import RelayProxy
from rotating_server import _answer, unreachable

import orgkey
from orgkey_tenants import Limits, NeedsReauth, RotationLost, State, StoreUnavailable, TenantNotActive
from orgkey_tenants.drivers import drive, drive_async
from orgkey_tenants.errors import local
from orgkey_tenants.journal import FileJournal, MemoryJournal
from orgkey_tenants.locks import LockUnavailable
from orgkey_tenants.protocol import refresh
from orgkey_tenants.stores.memory import MemoryStore


@pytest.fixture
def bench(clock) -> Bench:
    return Bench(MemoryStore(clock), clock)


def events(bench: Bench) -> list[str]:
    return [line.event for line in reversed(bench.store.audit("acme"))][2:]


def once(action):
    """Do it the first time."""
    left = [action]

    def act():
        if left:
            left.pop()()

    return act


def raising(error):
    def act():
        raise error

    return act


# --- answers


def test_each_refresh_makes_the_next_generation(bench):
    for generation in (2, 3, 4):
        assert bench.refresh().record.generation == generation == bench.record.generation
        bench.check()
    assert set(bench.server.sends.values()) == {1}


def test_a_refresh_that_was_not_sent_takes_its_intent_back(bench):
    bench.server.before = once(raising(unreachable("refused", sent=False)))
    with pytest.raises(orgkey.TokenEndpointUnreachable):
        bench.refresh()
    assert (bench.record.intent, bench.record.failures, bench.record.state) == (None, 1, State.ACTIVE)
    assert bench.record.last_error == "ENDPOINT_UNREACHABLE_REFUSED"
    bench.refresh()
    assert events(bench) == ["refresh_announced", "not_sent", "refresh_announced", "refreshed"]
    assert bench.record.failures == 0


def test_settings_that_send_nothing_take_the_intent_back(bench):
    bench.server.before = once(raising(orgkey.ConfigError("no proxy")))
    with pytest.raises(orgkey.ConfigError, match="no proxy"):
        bench.refresh()
    assert (bench.record.intent, bench.record.failures, bench.record.state) == (None, 1, State.ACTIVE)
    assert bench.record.last_error == "SETTINGS_UNUSABLE"
    bench.refresh()
    assert events(bench) == ["refresh_announced", "not_sent", "refresh_announced", "refreshed"]


def test_a_fault_before_there_is_a_request_takes_the_intent_back(bench, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("orgkey_tenants.steps.RefreshToken", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            bench.refresh()
    assert (bench.record.intent, bench.record.last_error) == (None, "UNKNOWN")
    bench.refresh()
    bench.check()


@pytest.mark.parametrize("what", ["a fault", "settings that a client of the program's own complains of"])
def test_what_may_have_been_sent_is_waited_for_whatever_was_raised(bench, clock, what):
    error = ZeroDivisionError() if what == "a fault" else orgkey.ConfigError("of a hook, after the answer")
    bench.server.settings = orgkey.HTTPSettings(client=object() if "client" in what else None)
    bench.server.after = once(raising(error))
    with pytest.raises(type(error)):
        bench.refresh()
    intent = bench.record.intent
    assert intent is not None
    with pytest.raises(RotationLost):
        bench.refresh()
    assert clock.now() >= intent.deadline + 5
    assert max(bench.server.sends.values()) == 2  # the one probe, after the deadline


def test_an_answer_that_never_came_is_waited_for_until_the_deadline(bench, clock):
    bench.server.after = once(raising(unreachable("timeout", sent=True)))
    with pytest.raises(orgkey.TokenEndpointUnreachable):
        bench.refresh()
    intent = bench.record.intent
    assert intent is not None
    assert bench.record.state is State.ACTIVE
    with pytest.raises(RotationLost) as caught:
        bench.refresh()
    assert clock.now() == pytest.approx(intent.deadline + 5, abs=1e-3)  # lease and skew, and not a poll more
    assert (bench.record.state, bench.record.cause) == (State.NEEDS_REAUTH, "LOST_ROTATION")
    assert "tenants.reconnect('acme')" in str(caught.value)


def test_a_request_that_the_server_never_saw_is_recovered_by_the_probe(bench):
    bench.server.before = once(raising(unreachable("timeout", sent=True)))
    with pytest.raises(orgkey.TokenEndpointUnreachable):
        bench.refresh()
    bench.refresh()
    assert events(bench) == ["refresh_announced", "answer_lost", "probe_announced", "refreshed"]
    bench.check()


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_trouble_at_salesforce_changes_no_state(bench, monkeypatch, status):
    answers = [_answer(status, error="server_error")]
    send = bench.server.send
    monkeypatch.setattr(bench.server, "send", lambda request: answers.pop() if answers else send(request))
    with pytest.raises(orgkey.TokenRequestError):
        bench.refresh()
    assert bench.record.state is State.ACTIVE
    bench.refresh()
    assert events(bench)[1:] == ["outcome_unknown", "probe_announced", "refreshed"]
    bench.check()


def test_being_processed_is_asked_again_a_few_times(bench, monkeypatch):
    busy = [_answer(400, error="invalid_grant", error_description="token request is already being processed")] * 2
    send = bench.server.send
    monkeypatch.setattr(bench.server, "send", lambda request: busy.pop() if busy else send(request))
    bench.refresh()
    assert events(bench).count("refused") == 2
    assert bench.record.state is State.ACTIVE
    busy += [_answer(400, error="invalid_grant", error_description="token request is already being processed")] * 9
    with pytest.raises(orgkey.TokenRequestError) as caught:
        bench.refresh()
    assert caught.value.diagnosis.cause.id == "REFRESH_IN_PROGRESS"
    assert len(busy) == 9 - 4
    assert bench.record.state is State.ACTIVE


@pytest.mark.parametrize(
    ("error", "description"),
    [
        ("invalid_client", "invalid client credentials"),
        ("invalid_grant", "ip restricted"),
        ("app_not_found", "External client app is not installed in this org"),
    ],
)
def test_a_refusal_that_is_not_about_the_token_keeps_it(bench, monkeypatch, error, description):
    answers = [_answer(400, error=error, error_description=description)]
    send = bench.server.send
    monkeypatch.setattr(bench.server, "send", lambda request: answers.pop() if answers else send(request))
    with pytest.raises(orgkey.TokenRequestError):
        bench.refresh()
    assert (bench.record.state, bench.record.intent, bench.record.failures) == (State.ACTIVE, None, 1)
    bench.refresh()
    bench.check()


def test_a_dead_grant_is_asked_once(bench):
    bench.server.revoke("acme1")
    with pytest.raises(NeedsReauth):
        bench.refresh()
    assert (bench.record.state, bench.record.cause) == (State.NEEDS_REAUTH, "REFRESH_TOKEN_INVALID")
    for _ in range(5):
        with pytest.raises(NeedsReauth, match="reconnect"):
            bench.refresh()
    assert sum(bench.server.sends.values()) == 1


def test_a_refusal_is_believed_only_after_reading_again(bench):
    def reconnect():
        bench.server.revoke("acme1")
        bench.consent()

    bench.server.before = once(reconnect)
    bench.refresh()
    assert bench.record.state is State.ACTIVE
    bench.check()


def test_a_suspension_in_the_middle_loses_no_token(bench):
    from dataclasses import replace

    from orgkey_tenants.record import Audit

    def suspend():
        record = bench.record
        audit = Audit(tenant="acme", at=0, actor="admin", event="suspended", state=State.SUSPENDED)
        assert bench.store.swap(replace(record, state=State.SUSPENDED, cause="X"), audit, version=record.version)

    bench.server.after = once(suspend)
    bench.refresh()
    assert bench.record.state is State.SUSPENDED
    assert bench.server.is_current(bench.stored())
    with pytest.raises(TenantNotActive, match="SUSPENDED"):
        bench.refresh()


def test_another_org_that_answers_is_refused_and_its_token_kept(bench):
    from dataclasses import replace

    record = bench.record
    audit = bench.store.audit("acme")[0]
    bench.store.swap(replace(record, org_id="00D000000000001EAA"), audit, version=record.version)
    with pytest.raises(orgkey.OrgChanged):
        bench.refresh()
    bench.check()


# --- stores, journals, locks


def test_a_store_that_takes_no_writes_sends_nothing(bench):
    def refuse(*_: object, **__: object) -> bool:
        raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", "read-only")

    bench.store.swap = refuse  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailable):
        bench.refresh()
    assert not bench.server.sends


@pytest.mark.parametrize("journal", ["file", "memory"])
def test_the_journal_keeps_what_the_store_would_not_take(bench, clock, tmp_path, journal):
    bench.journal = FileJournal(tmp_path / "journal") if journal == "file" else MemoryJournal()
    store = FlakyStore(bench.store, 1_000)
    refreshed = drive(bench.protocol(), bench.ports(store=store))
    assert refreshed.record.generation == 2  # published: the journal has it
    assert bench.record.intent is not None
    (entry,) = bench.journal.entries()
    assert entry.sealed not in (bench.record.sealed, b"")
    assert sum(bench.server.sends.values()) == 1
    bench.refresh("next")  # after the deadline it is settled, and nobody probes
    assert bench.journal.entries() == []
    assert max(bench.server.sends.values()) == 1
    assert "settled_from_journal" in events(bench)
    bench.check()


def test_without_store_and_journal_the_outcome_is_offered_for_long(bench, clock):
    class FullDisk(MemoryJournal):
        def write(self, entry):
            raise OSError(28, "No space left on device")

    bench.journal = FullDisk()
    store = FlakyStore(bench.store, 20)
    before = clock.now()
    drive(bench.protocol(), bench.ports(store=store))
    assert clock.now() - before > 150  # past the lease
    bench.check()


def test_a_lock_that_is_away_or_held_for_ever_stops_nobody(bench):
    class Away:
        def acquire(self, name, seconds):
            raise LockUnavailable

        def release(self, name, owner):
            raise LockUnavailable

    bench.lock = Away()
    bench.refresh()

    class Held(Away):
        def acquire(self, name, seconds):
            return None

    bench.lock = Held()
    bench.refresh()
    bench.check()


def test_a_lease_that_is_too_short_is_refused():
    with pytest.raises(orgkey.ConfigError, match="sent for twice"):
        Limits(lease=100.0)


def test_a_wrong_clock_of_a_few_seconds_is_within_the_margin(bench, clock):
    bench.server.after = once(raising(unreachable("timeout", sent=True)))
    with pytest.raises(orgkey.TokenEndpointUnreachable):
        bench.refresh()
    deadline = bench.record.intent.deadline  # type: ignore[union-attr]
    times: list[float] = []
    bench.server.before = lambda: times.append(clock.now() - clock.skew)
    clock.skew = 4.0  # the next one's clock is ahead
    with pytest.raises(RotationLost):
        bench.refresh()
    assert times[0] >= deadline


# --- tasks


async def test_a_cancelled_task_does_not_cancel_the_refresh(clock):
    bench = Bench(MemoryStore(clock), clock)
    sending, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        sending.set()
        go_on.wait(10)

    bench.server.after = hold
    task = asyncio.ensure_future(drive_async(bench.protocol(), bench.ports()))
    await asyncio.to_thread(sending.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    for _ in range(500):
        if bench.record.generation == 2:
            break
        await asyncio.to_thread(time.sleep, 0.01)
    assert bench.record.generation == 2
    bench.check()


# --- at a local Salesforce


def test_a_thousand_callers_make_one_refresh(world, make):
    tenants = make(clock=orgkey.SYSTEM_CLOCK, wait=30.0)
    customer = new_customer(world)
    connect(tenants, customer)
    session = tenants.session(customer.tenant)
    stale = session.token()
    customer.org.expire_sessions()
    outcomes = crowd.threads(1_000, lambda: session.renew(stale))
    assert {id(outcome) for outcome in outcomes} == {id(session.token())}
    assert customer.sent() == 2


def test_eight_processes_on_one_tenant_never_show_a_token_twice(world, make):
    """As far as memory goes: each has its own session, cache and lock; only the store is one."""
    many = [make(clock=orgkey.SYSTEM_CLOCK, wait=30.0) for _ in range(8)]
    customer = new_customer(world)
    connect(many[0], customer)
    outcomes = crowd.threads(8, lambda: many.pop().session(customer.tenant).token())
    assert all(isinstance(outcome, orgkey.Token) for outcome in outcomes), outcomes
    assert customer.sent() == 8
    assert customer.org.count(endpoint="token", status=400) == 0
    tenants = make()
    assert customer.holds(stored_token(tenants, customer.tenant))


def test_an_answer_lost_on_the_wire_is_named(world, make, clock):
    tenants = make()
    customer = new_customer(world)
    connect(tenants, customer)
    customer.org.faults.add("token", drop="after")
    with pytest.raises(orgkey.TokenEndpointUnreachable):
        tenants.session(customer.tenant).token()
    with pytest.raises(RotationLost) as lost:
        drive(refresh(customer.tenant, owner="next", clock=clock), tenants.ports)
    assert tenants.get(customer.tenant).cause == "LOST_ROTATION"
    assert "invalid_grant: expired access/refresh token" in str(lost.value)
    assert "revoked the grant just then" in str(lost.value)
    assert customer.sent() == 2


@pytest.mark.parametrize("library", ["httpx", "requests"])
def test_an_answer_lost_behind_a_proxy_leaves_its_intent(world, make, library):
    customer = new_customer(world)
    with RelayProxy(urlsplit(customer.org.login_url).port) as proxy:
        tenants = make(http=orgkey.HTTPSettings(library=library, proxy=proxy.url))
        connect(tenants, customer)
        customer.org.faults.add("token", drop="after")
        with pytest.raises(orgkey.TokenEndpointUnreachable):
            tenants.session(customer.tenant).token()
    assert tenants.audit(customer.tenant)[0].event == "answer_lost"
    assert tenants.get(customer.tenant).intent is not None
    assert customer.sent() == 1


def test_a_slow_answer_is_waited_for(world, make):
    tenants = make(clock=orgkey.SYSTEM_CLOCK, wait=0.1)
    customer = new_customer(world)
    connect(tenants, customer)
    customer.org.faults.add("token", delay=1.0)
    session = tenants.session(customer.tenant)
    with pytest.raises(orgkey.RefreshInProgress):
        session.token()
    assert tenants.drain(20)
    assert session.current is not None
    assert customer.holds(stored_token(tenants, customer.tenant))


def test_the_lease_outlasts_the_slowest_answer_and_its_way_into_the_store(bench, clock):
    def slowest() -> None:
        clock.advance(75 + 30)
        assert bench.record.intent.deadline > clock.now()  # type: ignore[union-attr]

    bench.server.after = slowest
    bench.refresh()
    bench.check()


def test_an_incident_on_one_host_is_tried_by_a_few(bench, clock):
    bench.server.before = raising(unreachable("refused", sent=False))
    ports = bench.ports()
    for _ in range(50):
        with pytest.raises(orgkey.TokenEndpointUnreachable):
            drive(bench.protocol(), ports)
    assert events(bench).count("not_sent") == 5
    assert bench.record.state is State.ACTIVE
    clock.advance(6)
    with pytest.raises(orgkey.TokenEndpointUnreachable):
        drive(bench.protocol(), ports)
    bench.server.before = lambda: None
    with pytest.raises(orgkey.TokenEndpointUnreachable) as caught:
        drive(bench.protocol(), ports)
    assert 5 < caught.value.retry_after <= 10
    clock.advance(11)
    drive(bench.protocol(), ports)
    drive(bench.protocol(), ports)
    bench.check()
