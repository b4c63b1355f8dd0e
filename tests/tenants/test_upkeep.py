"""What Tenants does besides sessions: states, keys, signals, keep-alive, restored stores, the end of a process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import crowd
import httpx
import pytest
from customers import connect, new_customer, stored_token
from refresh_bench import FlakyStore

import orgkey
from orgkey_tenants import (
    IllegalTransition,
    NeedsReauth,
    RefreshInProgress,
    RotationLost,
    SealBroken,
    State,
    TenantNotActive,
    UnknownTenant,
    states,
)
from orgkey_tenants.journal import Entry
from orgkey_tenants.record import IDLE_LIMIT, Intent, TenantRecord, moved

if TYPE_CHECKING:
    from fake_clock import FakeClock

DAY = 86_400.0
LIMITS = "/services/data/v60.0/limits"


def call(session: orgkey.OrgSession) -> int:
    with httpx.Client(auth=orgkey.SalesforceAuth(session)) as client:
        return client.get(session.instance_url + LIMITS).status_code


# --- states


@pytest.mark.parametrize("at", list(State))
def test_each_state_says_what_may_follow(at):
    legal = {
        "PENDING": "ACTIVE SUSPENDED FORGOTTEN",
        "ACTIVE": "SUSPECT NEEDS_REAUTH SUSPENDED FORGOTTEN",
        "SUSPECT": "ACTIVE NEEDS_REAUTH SUSPENDED FORGOTTEN",
        "NEEDS_REAUTH": "ACTIVE SUSPENDED FORGOTTEN",
        "SUSPENDED": "PENDING ACTIVE SUSPECT NEEDS_REAUTH FORGOTTEN",
        "FORGOTTEN": "PENDING",
    }[at].split()
    for to in State:
        record = TenantRecord(tenant="acme", state=at)
        if to in legal:
            changed = moved(record, to, cause="WHY", by="who", at=7.0)
            assert (changed.state, changed.cause, changed.changed_by, changed.changed_at) == (to, "WHY", "who", 7.0)
        else:
            with pytest.raises(IllegalTransition, match=at):
                moved(record, to, cause="", by="", at=0.0)


def test_a_suspension_stops_traffic_here_and_elsewhere(tenants, make, customer):
    session, elsewhere = tenants.session(customer.tenant), make()
    other = elsewhere.session(customer.tenant)
    assert call(session) == call(other) == 200
    record = tenants.suspend(customer.tenant, by="support", cause="UNPAID")
    assert (record.state, record.cause, record.changed_by) == (State.SUSPENDED, "UNPAID", "support")
    with pytest.raises(TenantNotActive, match="support"):
        call(session)
    assert call(other) == 200  # another process learns of it in its next round
    elsewhere.sync()
    with pytest.raises(TenantNotActive):
        call(other)
    tenants.resume(customer.tenant, by="support")
    elsewhere.sync()
    assert call(session) == call(other) == 200
    assert [line.event for line in tenants.audit(customer.tenant) if line.actor == "support"] == [
        "resumed",
        "suspended",
    ]


def test_forget_revokes_first_and_then_shreds(tenants, customer):
    session = tenants.session(customer.tenant)
    assert call(session) == 200
    token = stored_token(tenants, customer.tenant)
    record = tenants.forget(customer.tenant, by="gdpr")
    assert (record.state, record.sealed, record.org_id, record.family) == (State.FORGOTTEN, b"", "", "")
    assert customer.org.consents.find(token.reveal()) is None
    assert tenants.store.keys(customer.tenant) == []
    with pytest.raises(TenantNotActive, match="FORGOTTEN"):
        call(session)
    assert tenants.forget(customer.tenant).state is State.FORGOTTEN  # a second time does no harm
    assert customer.org.count(endpoint="revoke") == 1


def test_forget_keeps_everything_where_salesforce_cannot_be_told(tenants, customer):
    customer.org.faults.add("revoke", drop="before", times=2)
    with pytest.raises(orgkey.TokenEndpointUnreachable):
        tenants.forget(customer.tenant)
    assert tenants.get(customer.tenant).state is State.ACTIVE
    assert tenants.store.keys(customer.tenant)
    assert tenants.forget(customer.tenant, force=True).state is State.FORGOTTEN


def test_nobody_is_forgotten_in_the_middle_of_a_refresh(tenants, customer):
    customer.org.faults.add("token", drop="after")
    with pytest.raises(orgkey.TokenEndpointUnreachable):
        tenants.session(customer.tenant).token()
    with pytest.raises(RefreshInProgress) as caught:
        tenants.forget(customer.tenant)
    assert caught.value.retry_after > 100


def test_an_unknown_tenant_is_named(tenants):
    with pytest.raises(UnknownTenant, match="'nobody'"):
        tenants.session("nobody")


# --- a store that was restored


def test_a_restored_store_refreshes_nobody_by_itself(tenants, customer):
    session = tenants.session(customer.tenant)
    assert call(session) == 200
    assert tenants.restored(by="operator") == 1
    tenants.sync()
    assert call(session) == 200  # the token in memory goes on
    customer.org.expire_sessions()
    sent = customer.sent()
    with pytest.raises(TenantNotActive, match="SUSPECT"):
        call(session)
    assert tenants.keepalive() == (0, 0)
    assert customer.sent() == sent
    assert tenants.confirm(customer.tenant, by="operator").state is State.ACTIVE
    assert call(session) == 200


def test_a_suspension_does_not_hide_a_restored_token(tenants, customer):
    tenants.suspend(customer.tenant)
    tenants.restored()
    assert tenants.resume(customer.tenant).state is State.SUSPECT


# --- keys


def test_data_keys_are_rotated_lazily_and_by_a_sweep(tenants, customer):
    tenants.session(customer.tenant).token()
    assert tenants.rotate_data_keys() == 1
    assert tenants.get(customer.tenant).dek_version == 1
    tenants.refresh(customer.tenant)
    assert tenants.get(customer.tenant).dek_version == 2  # the next refresh sealed with the new one
    token = stored_token(tenants, customer.tenant)
    assert tenants.rotate_data_keys(sweep=True) == 1
    assert [key.version for key in tenants.store.keys(customer.tenant)] == [3]
    assert stored_token(tenants, customer.tenant) == token


def test_another_master_key_is_an_error_of_each_tenant_and_sends_nothing(tenants, make, customer, tmp_path):
    import base64

    path = tmp_path / "given" / "other.key"
    path.touch(0o600)
    path.write_text(base64.b64encode(os.urandom(32)).decode())
    other = make(keys=f"file:{path}")
    with pytest.raises(SealBroken, match="master key"):
        other.session(customer.tenant).token()
    assert customer.sent() == 0
    assert tenants.get(customer.tenant).state is State.ACTIVE
    both = tmp_path / "given" / "both.key"
    both.touch(0o600)
    both.write_text(path.read_text() + "\n" + (tmp_path / "given" / "master.key").read_text())
    assert make(keys=f"file:{both}").rotate_master_key() == 1
    assert call(make(keys=f"file:{path}").session(customer.tenant)) == 200


# --- signals and keep-alive


def test_calls_are_noted_in_batches(tenants, customer, clock: FakeClock):
    session = tenants.session(customer.tenant)
    version = tenants.get(customer.tenant).version
    session.token()
    after = tenants.get(customer.tenant).version
    assert after > version
    for _ in range(5):
        clock.advance(10)
        assert call(session) == 200
    assert tenants.get(customer.tenant).last_call is None
    tenants.sync()
    record = tenants.get(customer.tenant)
    assert (record.last_call, record.version) == (clock.now(), after)
    assert record.idle_deadline == record.last_refresh + IDLE_LIMIT


def test_dormant_tenants_are_refreshed_in_time_each_once(world, make, clock: FakeClock):
    tenants = make()
    customers = [new_customer(world) for _ in range(6)]
    for customer in customers:
        connect(tenants, customer)
    due = [tenants.get(customer.tenant).keepalive_at - clock.now() for customer in customers]
    assert all(15 * DAY <= seconds <= 20 * DAY for seconds in due)
    assert len(set(due)) == len(due)
    assert tenants.keepalive() == (0, 0)
    clock.advance(20 * DAY + 1)
    workers = [make(), make(), tenants]
    outcomes = crowd.threads(3, lambda: workers.pop().keepalive(batch=1))
    assert sum(outcome[0] for outcome in outcomes) == 6
    assert [customer.sent() for customer in customers] == [1] * 6
    assert tenants.keepalive() == (0, 0)


def test_a_keep_alive_that_fails_says_why_and_the_others_go_on(world, make, clock: FakeClock):
    tenants = make()
    dead, well = new_customer(world), new_customer(world)
    for customer in (dead, well):
        connect(tenants, customer)
    dead.org.revoke(dead.app)
    clock.advance(21 * DAY)
    told = {}
    assert tenants.keepalive(progress=told.__setitem__) == (1, 1)
    assert told == {dead.tenant: "REFRESH_TOKEN_INVALID", well.tenant: ""}


# --- what happens to a process


def test_a_process_that_ends_waits_for_its_refresh(tenants, customer):
    customer.org.faults.add("token", delay=0.5)
    session = tenants.session(customer.tenant)
    asking = threading.Thread(target=session.token)
    asking.start()
    while (
        customer.org.count(endpoint="token") == 0 and asking.is_alive() and tenants.get(customer.tenant).intent is None
    ):
        pass
    tenants.close()
    asking.join(10)
    fresh = session.current
    assert fresh is not None
    with pytest.raises(RefreshInProgress, match="shutting down"):
        session.renew(fresh)


def test_an_interpreter_that_ends_waits_for_its_refresh(tmp_path, make, world, master_key):
    tenants = make()
    customer = new_customer(world)
    connect(tenants, customer)
    customer.org.faults.add("token", delay=0.7)
    code = f"""
import threading, time, orgkey_tenants
tenants = orgkey_tenants.Tenants("sqlite:///{tmp_path / "tenants.db"}", keys={master_key!r}, client_id={customer.app.client_id!r},
    client_secret={customer.app.client_secret!r}, allow_loopback_http=True, journal={str(tmp_path / "journal")!r}, wait=0.2, every=0)
try:
    tenants.session({customer.tenant!r}).token()
except orgkey_tenants.RefreshInProgress:
    print("gone")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=50)
    assert done.stdout == "gone\n", done.stderr
    record = tenants.get(customer.tenant)
    assert (record.generation, record.intent) == (1, None)
    assert customer.holds(stored_token(tenants, customer.tenant))


def forking(test):
    """A test that forks while threads run, which Python warns of from 3.12 on."""
    test = pytest.mark.filterwarnings("ignore::DeprecationWarning")(test)
    return pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")(test)


@forking
def test_a_forked_child_refreshes_too(tenants, customer):
    session = tenants.session(customer.tenant)
    session.token()
    customer.org.expire_sessions()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if call(session) == 200 else 1
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert call(session) == 200
    assert customer.org.count(endpoint="token", status=400) == 0


def wait_for(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def in_a_child(work) -> int:
    """The exit code of a forked child that does ``work``: 0 where it returns True, 1 otherwise, 9 where it hangs."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if work() else 1
        finally:
            os._exit(status)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 9


@forking
def test_a_forked_child_inherits_no_refresh_that_is_under_way(tenants, customer):
    customer.org.faults.add("token", delay=3.0)
    session = tenants.session(customer.tenant)
    asking = threading.Thread(target=session.token)
    asking.start()
    wait_for(lambda: tenants.get(customer.tenant).intent is not None)
    assert in_a_child(lambda: tenants.drain(0.1)) == 0  # it ends at once: the refresh is its parent's
    asking.join(20)
    assert customer.holds(stored_token(tenants, customer.tenant))


@forking
def test_a_forked_child_waits_for_no_lock_that_its_parent_held(tenants, customer):
    parts = (tenants.sessions._guard, tenants.sealer._lock, tenants.ports.breaker._lock, tenants._rounds._guard)
    lock = tenants.ports.lock
    with ExitStack() as held:
        for guard in (*parts, lock._guard, tenants.sessions.in_flight._landed):
            held.enter_context(guard)
        assert in_a_child(lambda: call(tenants.session(customer.tenant)) == 200) == 0
    assert lock.acquire("theirs", 60.0) is not None
    assert in_a_child(lambda: lock.acquire("theirs", 60.0) is not None) == 0


@forking
def test_a_forked_child_signs_with_its_own_name(tenants, customer):
    assert tenants.owner.endswith(f"/{os.getpid()}")
    assert in_a_child(lambda: tenants.refresh(customer.tenant) and tenants.owner.endswith(f"/{os.getpid()}")) == 0
    actors = {line.actor for line in tenants.audit(customer.tenant) if line.event == "refreshed"}
    assert tenants.owner not in actors


@forking
def test_a_forked_child_follows_what_others_change(make, customer):
    tenants = make(every=0.05, clock=orgkey.SYSTEM_CLOCK)
    session = tenants.session(customer.tenant)
    session.token()

    def follows() -> bool:
        suspended = {"cause": "UNPAID", "by": "billing", "event": "suspended"}
        states.move(tenants.ports, customer.tenant, State.SUSPENDED, **suspended)
        wait_for(lambda: session.current is None)
        return isinstance(session.failure, TenantNotActive)

    assert in_a_child(follows) == 0


@forking
def test_forked_children_use_no_connection_of_their_parent(make, fresh_database, world):
    tenants = make(store=None, url=fresh_database, lock=fresh_database, clock=orgkey.SYSTEM_CLOCK)
    customer = new_customer(world)
    connect(tenants, customer)
    tenants.refresh(customer.tenant)  # now its pools hold connections

    def backend() -> int:
        with tenants.store._engine.connect() as connection:
            return connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()

    ours = backend()
    assert in_a_child(lambda: backend() != ours and tenants.refresh(customer.tenant).generation == 2) == 0
    assert backend() == ours  # and it is alive
    assert tenants.refresh(customer.tenant).generation == 3


def test_a_session_lives_through_a_change_of_event_loops(tenants, customer):
    session = tenants.session(customer.tenant)

    async def renew() -> orgkey.Token:
        return await session.arefreshed()

    assert asyncio.run(renew()) is not asyncio.run(renew())
    assert customer.org.count(endpoint="token", status=400) == 0


async def test_the_async_twins(make, customer, tenants):
    async with make() as other:
        session = await other.asession(customer.tenant)
        await session.atoken()
        assert (await other.arefresh(customer.tenant)).generation == 2
        assert (await other.aget(customer.tenant)).generation == 2
        assert await other.akeepalive() == (0, 0)


def test_a_broker_can_take_the_protocol_s_place(make, customer, tenants):
    asked = []

    def broker(tenant: str):
        asked.append(tenant)
        return tenants.session(tenant).request_token()

    assert call(make(refresher=broker).session(customer.tenant)) == 200
    assert asked == [customer.tenant]


def test_every_setting_comes_from_the_environment(monkeypatch, tmp_path, master_key):
    from orgkey_tenants import Tenants

    given = {
        "ORGKEY_TENANTS_URL": f"sqlite:///{tmp_path / 'x.db'}",
        "ORGKEY_TENANTS_KEYS": master_key,
        "ORGKEY_TENANTS_LOCK": "redis://localhost:1/0",
        "ORGKEY_TENANTS_JOURNAL": str(tmp_path / "outcomes"),
        "ORGKEY_TENANTS_ENVIRONMENT": "staging",
        "ORGKEY_CLIENT_ID": "app",
        "ORGKEY_CLIENT_SECRET": "an-invented-secret",
        "ORGKEY_CLIENT_REDIRECT_URI": "https://saas.example.com/callback",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with Tenants() as tenants:
        assert type(tenants.ports.lock).__name__ == "RedisLock"
        assert tenants.sealer.environment == "staging"
        tenants.ports.journal.write(Entry.of(TenantRecord(tenant="acme"), "left-over"))
        assert list((tmp_path / "outcomes").iterdir())
        assert (tenants.client_id, tenants.redirect_uri) == ("app", "https://saas.example.com/callback")
        assert tenants.client_secret is not None
        assert tenants.client_secret.reveal() == "an-invented-secret"
        assert tenants.list() == []
    with Tenants(client_id="other", environment="") as tenants:  # what is given comes first
        assert (tenants.client_id, tenants.sealer.environment) == ("other", "staging")


def test_without_a_setting_nothing_starts(monkeypatch, tmp_path, master_key):
    from orgkey_tenants import Tenants

    with pytest.raises(orgkey.ConfigError, match="ORGKEY_TENANTS_KEYS"):
        Tenants(f"sqlite:///{tmp_path / 'x.db'}")
    monkeypatch.setenv("ORGKEY_TENANTS_URL", f"sqlite:///{tmp_path / 'x.db'}")
    monkeypatch.setenv("ORGKEY_TENANTS_KEYS", master_key)
    monkeypatch.setenv("ORGKEY_CLIENT_ID", "app")
    with Tenants() as tenants:
        assert tenants.list() == []
        assert tenants.client_id == "app"


def test_needs_reauth_is_told_to_observers(tenants, customer, caplog):
    customer.org.revoke(customer.app)
    with pytest.raises(NeedsReauth):
        tenants.session(customer.tenant).token()
    events = [record.orgkey_event for record in caplog.records if hasattr(record, "orgkey_event")]
    (event,) = [event for event in events if event.kind is orgkey.EventKind.TENANT_STATE]
    assert (event.tenant, event.state, event.cause) == (customer.tenant, "NEEDS_REAUTH", "REFRESH_TOKEN_INVALID")


def test_what_to_page_on_is_told(make, customer, tenants, caplog, clock):
    def told() -> list[tuple[str, str, str]]:
        events = [record.orgkey_event for record in caplog.records if hasattr(record, "orgkey_event")]
        paged = {"rotation_lost", "persist_delayed"}
        return [(str(event.kind), event.tenant, event.cause) for event in events if event.kind in paged]

    late = make(store=FlakyStore(tenants.store, refusals=1))
    late.session(customer.tenant).token()
    assert told() == [("persist_delayed", customer.tenant, "TENANT_STORE_UNAVAILABLE")]
    assert tenants.audit(customer.tenant)[0].event == "refreshed"  # what says that the disk is needed no more
    assert customer.holds(stored_token(tenants, customer.tenant))
    customer.org.faults.add("token", drop="after")
    with pytest.raises(orgkey.TokenEndpointUnreachable):
        tenants.session(customer.tenant).token()
    clock.advance(tenants.limits.lease + tenants.limits.skew + 1)
    with pytest.raises(RotationLost):
        tenants.session(customer.tenant).token()
    assert told()[1:] == [("rotation_lost", customer.tenant, "LOST_ROTATION")]


def test_no_token_is_readable_on_disk_in_the_log_or_in_the_audit(tenants, customer, tmp_path, caplog, clock):
    session = tenants.session(customer.tenant)
    for _ in range(3):
        session.refreshed()
    intent = Intent("left-over", "host/1", clock.now() + 1)
    tenants.ports.journal.write(Entry.of(tenants.get(customer.tenant), intent.id))
    tenants.sync()
    tenants.ports.journal.write(Entry.of(tenants.get(customer.tenant), intent.id))
    secrets = [text.encode() for text in customer.org.consents._refresh_tokens]
    assert len(secrets) == 4
    secrets += [session.token().reveal().encode(), customer.app.client_secret.encode()]
    files = [path for path in tmp_path.rglob("*") if path.is_file() and "given" not in path.parts]
    assert {"tenants.db", "tenants.db-wal"} <= {path.name for path in files}
    assert any(path.parent.name == "journal" for path in files)
    told = [caplog.text, repr(tenants), repr(session), repr(tenants.list()), repr(tenants.audit(customer.tenant))]
    for content in [*(path.read_bytes() for path in files), *(text.encode() for text in told)]:
        assert not [secret for secret in secrets if secret in content]
