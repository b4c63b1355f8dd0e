"""The refresh protocol on a bench: a token endpoint in memory, any store, and processes that die when told to."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rotating_server import RotatingServer

import orgkey
from orgkey_tenants import Limits, State, StoreUnavailable
from orgkey_tenants.drivers import drive
from orgkey_tenants.errors import local
from orgkey_tenants.journal import MemoryJournal
from orgkey_tenants.locks import ProcessLock
from orgkey_tenants.protocol import refresh
from orgkey_tenants.record import Audit, TenantRecord
from orgkey_tenants.seal import Sealer
from orgkey_tenants.steps import Ports
from orgkey_tenants.wrappers import LocalKeyWrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from fake_clock import FakeClock

    from orgkey_tenants.journal import Journal
    from orgkey_tenants.steps import Step
    from orgkey_tenants.stores import Store

TENANT = "acme"
LOGIN_URL = "https://acme.my.salesforce.com"
MASTER = bytes(range(32))


class Crash(BaseException):  # what happens to a process, not an error in it
    """The process dies here: nothing of it runs any more."""


@dataclass
class CrashingStep:
    """A step at which the process dies, before its effect or right after."""

    step: Step
    after: bool

    def perform(self, ports: Ports) -> Any:
        if self.after:
            with suppress(Exception):  # a step may have failed, and the process died of something else
                self.step.perform(ports)
        raise Crash


@dataclass
class Trace:
    """The steps that a run took, by name."""

    steps: list[str] = field(default_factory=list)


_DEAD: list[Any] = []  # generators of dead processes: kept, so that nothing of them runs when they are collected


def crashing(
    protocol: Generator[Step, Any, Any],
    trace: Trace,
    at: int = -1,
    *,
    after: bool = False,
    uncounted: frozenset[str] = frozenset(),
) -> Generator[Step, Any, Any]:
    """``protocol``, dying at its step number ``at``; -1 never. Steps ``uncounted`` are not numbered."""
    _DEAD.append(protocol)
    step = next(protocol)
    while True:
        name = type(step).__name__
        trace.steps += [] if name in uncounted else [name]
        dies = name not in uncounted and len(trace.steps) - 1 == at
        acted = CrashingStep(step, after) if dies else step
        try:
            try:
                result = yield acted
            except Exception as error:  # noqa: BLE001  # the protocol's to judge
                step = protocol.throw(error)
            else:
                step = protocol.send(result)
        except StopIteration as done:
            return done.value


class FlakyStore:
    """A store whose outcomes are refused as often as told; all else goes through."""

    def __init__(self, store: Store, refusals: int) -> None:
        self._store, self.refusals = store, refusals

    def settle(self, *args: Any, **options: Any) -> bool:
        if self.refusals > 0:
            self.refusals -= 1
            raise local(StoreUnavailable, "TENANT_STORE_UNAVAILABLE", "told to")
        return self._store.settle(*args, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@dataclass
class Bench:
    """One tenant that has consented, and processes that refresh it."""

    store: Store
    clock: FakeClock
    server: RotatingServer = field(default_factory=RotatingServer)
    journal: Journal = field(default_factory=MemoryJournal)
    lock: Any = None
    seed: int = 0
    families: int = 0
    wrapper: Any = field(default_factory=lambda: LocalKeyWrapper([MASTER]))

    def __post_init__(self) -> None:
        self.lock = self.lock or ProcessLock(self.clock)
        self.random = random.Random(self.seed)
        self.consent()

    def ports(self, **changes: Any) -> Ports:
        """What one process has; its own key cache, and nothing that another one knows."""
        store = changes.pop("store", self.store)
        return Ports(
            **{
                "store": store,
                "sealer": Sealer(store, self.wrapper, clock=self.clock),
                "lock": self.lock,
                "journal": self.journal,
                "sender": self.server,
                "rules": orgkey.HostRules(),
                "client_secret": None,
                "clock": self.clock,
                "draw": self.random.random,
                **changes,
            }
        )

    def consent(self, tenant: str = TENANT) -> None:
        """The tenant's admin consents, for the first time or again."""
        self.families += 1
        family = f"{tenant}{self.families}"
        sealer = self.ports().sealer
        secret = orgkey.Secret(self.server.consent(family))
        found = self.store.read(tenant)
        if found is None:
            blank = TenantRecord(tenant=tenant, login_url=LOGIN_URL, client_id="app", created_at=self.clock.now())
            assert self.store.create(blank, _audit(tenant))
            found = self.store.read(tenant)
        key = sealer.newest(tenant)
        record = replace(
            found.record,
            state=State.ACTIVE,
            family=family,
            generation=1,
            sealed=sealer.seal(key, secret, kind="refresh_token", family=family, generation=1),
            dek_version=key.version,
            intent=None,
            epoch=self.store.epoch(),
        )
        assert self.store.swap(record, _audit(tenant), version=found.record.version)

    def protocol(self, owner: str = "host/1", *, limits: Limits | None = None, tenant: str = TENANT) -> Any:
        return refresh(tenant, owner=owner, clock=self.clock, limits=limits)

    def refresh(self, owner: str = "host/1", *, run: Callable[..., Any] = drive, **options: Any) -> Any:
        """A process refreshes, undisturbed."""
        return run(self.protocol(owner, **options), self.ports())

    @property
    def record(self) -> TenantRecord:
        reading = self.store.read(TENANT)
        assert reading is not None
        return reading.record

    def stored(self, tenant: str = TENANT) -> str:
        """The refresh token that the store holds."""
        record = self.store.read(tenant).record  # type: ignore[union-attr]
        sealer = self.ports().sealer
        key = sealer.key(tenant, record.dek_version)
        return sealer.open(
            key, record.sealed, kind="refresh_token", family=record.family, generation=record.generation
        ).reveal()

    def check(self) -> None:
        """Between any two moments of rest: what the store holds works, or its state says why not."""
        record = self.record
        if record.state is State.ACTIVE:
            assert self.server.is_current(self.stored()), f"the store holds a dead token: {record}"
        else:
            assert record.cause, f"nobody said why: {record}"


def _audit(tenant: str) -> Audit:
    return Audit(tenant=tenant, at=0.0, actor="test", event="consented", state=State.ACTIVE)
