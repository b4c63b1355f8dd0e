"""Two deployments on one store, in any order of calls, expiries, revocations, crashes, partitions and restores."""

from __future__ import annotations

import atexit
import copy
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any

from fake_clock import FakeClock
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from refresh_bench import Crash
from rotating_server import RotatingServer, unreachable

import orgkey
from orgkey_tenants import State, StoreUnavailable, Tenants
from orgkey_tenants.errors import local
from orgkey_tenants.journal import MemoryJournal
from orgkey_tenants.locks import ProcessLock
from orgkey_tenants.record import Audit
from orgkey_tenants.stores.memory import MemoryStore

WHO = st.sampled_from(["blue", "green"])
TENANT = st.sampled_from(["acme", "globex"])
MASTER_VARIABLE = "TENANTS_MASTER_KEY_OF_THE_MACHINE"


class FaultyStore:
    """A store at whose operations a process dies, or which takes no outcomes for a while."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.crash: tuple[int, bool] | None = None
        self.refusals = 0
        self.probes: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self.store, name)

        def act(*args: Any, **options: Any) -> Any:
            dies = False
            if self.crash is not None:
                left, after = self.crash
                self.crash = (left - 1, after) if left else None
                dies = not left
                if dies and not after:
                    raise Crash
            if name == "settle" and self.refusals:
                self.refusals -= 1
                raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", "told to")
            result = operation(*args, **options)
            if name == "swap" and result and args[1].event == "probe_announced":
                self.probes[args[0].tenant] += 1
            if dies:
                raise Crash
            return result

        return act


class TwoDeployments(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.store = MemoryStore(self.clock)
        self.server = RotatingServer()
        self.lock = ProcessLock(self.clock)
        self.journals = {"blue": MemoryJournal(), "green": MemoryJournal()}
        self.stores: dict[str, FaultyStore] = {}
        self.tenants: dict[str, Tenants] = {}
        self.families: Counter[str] = Counter()
        self.gambles: Counter[str] = Counter()
        self.probes: Counter[str] = Counter()
        self.gambled: set[str] = set()
        self.backup: dict[str, Any] = {}
        for who in ("blue", "green"):
            self.start(who)
        for tenant in ("acme", "globex"):
            self.tenants["blue"].add(tenant, login_url=f"https://{tenant}.my.salesforce.com")
            self.consent(tenant)

    # --- the world

    def start(self, who: str) -> None:
        """A process of that deployment begins; nothing is left of the one before but its journal."""
        if who in self.tenants:
            atexit.unregister(self.tenants[who]._drain)
            self.probes += self.stores[who].probes
        self.stores[who] = FaultyStore(self.store)
        self.tenants[who] = Tenants(
            store=self.stores[who],  # type: ignore[arg-type]  # it passes everything on
            keys=f"env:{MASTER_VARIABLE}",
            client_id="app",
            lock=self.lock,
            journal=self.journals[who],
            clock=self.clock,
            every=0.0,
            wait=None,
            owner=who,
        )
        self.tenants[who].ports.sender = self  # type: ignore[assignment]  # sends what the machine checks first

    settings = orgkey.HTTPSettings()

    def send(self, request: Any) -> Any:
        """Between a process and the token endpoint."""
        token = orgkey.conceal(request.form["refresh_token"]).reveal()
        tenant = request.origin.host.partition(".")[0]
        # No token of one tenant goes to another one's host; none is sent in a state that forbids it.
        assert self.server.family_of(token).startswith(f"{tenant}-")
        record = self.record(tenant)
        assert record.state is State.ACTIVE
        assert record.intent is not None
        return self.server.send(request)

    def record(self, tenant: str) -> Any:
        reading = self.store.read(tenant)
        assert reading is not None
        return reading.record

    def family(self, tenant: str) -> str:
        return f"{tenant}-{self.families[tenant]}-"

    def consent(self, tenant: str) -> None:
        self.families[tenant] += 1
        self.gambled.discard(tenant)
        sealer = self.tenants["blue"].sealer
        key = sealer.newest(tenant)
        family = self.family(tenant)
        secret = orgkey.Secret(self.server.consent(family))
        found = self.record(tenant)
        record = replace(
            found,
            state=State.ACTIVE,
            cause="CONSENTED",
            family=family,
            generation=1,
            sealed=sealer.seal(key, secret, kind="refresh_token", family=family, generation=1),
            dek_version=key.version,
            intent=None,
            epoch=self.store.epoch(),
        )
        audit = Audit(tenant=tenant, at=0.0, actor="admin", event="consented", state=State.ACTIVE)
        assert self.store.swap(record, audit, version=found.version)
        for tenants in self.tenants.values():
            tenants.sync()

    # --- what happens

    @rule(who=WHO, tenant=TENANT)
    def call(self, who: str, tenant: str) -> None:
        """A call, with all that a rejected token brings."""
        try:
            session = self.tenants[who].session(tenant)
            token = session.token()
            if not self.server.accepts(token.reveal()):
                token = session.renew(token)
            session.accepted(token)
            if self.server.is_alive(self.family(tenant)):
                assert self.server.accepts(token.reveal())
        except orgkey.TokenRequestError:
            return
        except Crash:
            self.start(who)

    @rule(tenant=TENANT)
    def expire(self, tenant: str) -> None:
        self.server.expire(self.family(tenant))

    @rule(tenant=TENANT)
    def revoke(self, tenant: str) -> None:
        self.server.revoke(self.family(tenant))

    @rule(tenant=TENANT)
    def reconnect(self, tenant: str) -> None:
        if self.record(tenant).state in {State.NEEDS_REAUTH, State.SUSPECT}:
            self.consent(tenant)

    @rule(who=WHO, sweep=st.booleans())
    def rotate_keys(self, who: str, sweep: bool) -> None:
        self.tenants[who].rotate_data_keys(sweep=sweep)

    @rule(who=WHO, tenant=TENANT, at=st.integers(0, 9), after=st.booleans())
    def crash(self, who: str, tenant: str, at: int, after: bool) -> None:
        """Die in the middle of a call."""
        self.server.expire(self.family(tenant))
        self.stores[who].crash = (at, after)
        self.call(who, tenant)
        self.stores[who].crash = None

    @rule(who=WHO, tenant=TENANT, kind=st.sampled_from(["not sent", "lost before", "lost after", "dies"]))
    def partition(self, who: str, tenant: str, kind: str) -> None:
        """The network fails around one refresh, or the process dies while it waits for the answer."""

        def fail() -> None:
            self.server.before = self.server.after = lambda: None
            if kind == "dies":
                raise Crash
            raise unreachable("timeout", sent=kind != "not sent")

        self.server.expire(self.family(tenant))
        setattr(self.server, "after" if kind in {"lost after", "dies"} else "before", fail)
        self.call(who, tenant)
        self.server.before = self.server.after = lambda: None

    @rule(who=WHO, tenant=TENANT, refusals=st.sampled_from([1, 3, 1_000]))
    def store_refuses(self, who: str, tenant: str, refusals: int) -> None:
        self.server.expire(self.family(tenant))
        self.stores[who].refusals = refusals
        self.call(who, tenant)
        self.stores[who].refusals = 0

    @rule(who=WHO)
    def sync(self, who: str) -> None:
        self.tenants[who].sync()

    @rule(seconds=st.sampled_from([1.0, 20.0, 400.0]))
    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def back_up(self) -> None:
        names = ("_records", "_audit", "_keys")
        self.backup = {name: copy.copy(getattr(self.store, name)) for name in names}
        self.backup["_keys"] = copy.deepcopy(self.store._keys)
        self.backup["families"] = dict(self.families)

    @precondition(lambda self: self.backup)
    @rule()
    def restore(self) -> None:
        if self.backup.pop("families") == dict(self.families):  # a consent since then has no row in the backup
            for name, value in self.backup.items():
                setattr(self.store, name, copy.copy(value))
            self.tenants["blue"].restored(by="operator")
            self.gambled |= {"acme", "globex"}
        self.backup = {}

    @rule(who=WHO, tenant=TENANT)
    def confirm(self, who: str, tenant: str) -> None:
        if self.record(tenant).state is State.SUSPECT:
            self.gambles[tenant] += 1
            self.tenants[who].confirm(tenant)

    # --- what holds

    @invariant()
    def what_is_stored_works_or_the_state_says_why(self) -> None:
        for tenant in self.families:
            record = self.record(tenant)
            if record.state is not State.ACTIVE:
                assert record.cause
            elif record.intent is None and self.server.is_alive(self.family(tenant)) and tenant not in self.gambled:
                sealer = self.tenants["green"].sealer
                key = sealer.key(tenant, record.dek_version)
                held = sealer.open(
                    key, record.sealed, kind="refresh_token", family=record.family, generation=record.generation
                )
                assert self.server.is_current(held.reveal())

    @invariant()
    def a_token_is_sent_again_by_a_probe_only(self) -> None:
        allowed = sum(self.probes.values()) + sum(sum(store.probes.values()) for store in self.stores.values())
        extra = sum(count - 1 for count in self.server.sends.values())
        assert extra <= allowed + sum(self.gambles.values())

    def teardown(self) -> None:
        for tenants in self.tenants.values():
            with suppress(orgkey.OrgkeyError):
                tenants.close(0)


def test_any_order_of_events(monkeypatch: Any) -> None:
    import base64

    from hypothesis.stateful import run_state_machine_as_test

    monkeypatch.setenv(MASTER_VARIABLE, base64.b64encode(bytes(range(32))).decode())
    run_state_machine_as_test(
        TwoDeployments,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
