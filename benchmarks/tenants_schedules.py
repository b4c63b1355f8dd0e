"""Families of refresh tokens lost in random schedules: the real protocol in virtual time, beside a 10-second lock.

Four workers refresh one tenant. Each step takes a little time; some answers take 1 to 25 s, some steps a pause of up to
50 s, and in the second part some end the process. The token endpoint rotates without any grace. The protocol is the
package's own generator; only time and the endpoint are invented, and so are the rates: none is a rate of the field.
"""

from __future__ import annotations

import heapq
import itertools
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from harness import Effort, Goal, Row

import orgkey
from orgkey.endpoint import TokenAnswer
from orgkey_tenants.journal import MemoryJournal
from orgkey_tenants.locks import ProcessLock
from orgkey_tenants.protocol import refresh
from orgkey_tenants.record import Audit, State, TenantRecord
from orgkey_tenants.seal import Sealer
from orgkey_tenants.steps import Ports, Seal, Send, Settle, Sleep
from orgkey_tenants.stores.memory import MemoryStore
from orgkey_tenants.wrappers import LocalKeyWrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["TITLE", "measure"]

TITLE: Final = "Refresh token families lost in random schedules (a model: 5 % slow answers, pauses up to 50 s)"

_FULL: Final = 20_000
_QUICK: Final = 1_000
_WORKERS: Final = 4
_HOST: Final = orgkey.Origin("https", "acme.my.salesforce.com", 443)
_ORGKEY: Final = "orgkey-tenants"
_LOCK: Final = "10-second lock, no owner, no compare-and-swap"


@dataclass(frozen=True)
class Rates:
    """How likely what is, per answer or step."""

    slow: float = 0.05
    pause: float = 0.03
    crash: float = 0.0


class Clock:
    """Virtual time, the same for all workers."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def now(self) -> float:
        """The time."""
        return self.time

    def monotonic(self) -> float:
        """The time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Nobody calls it: a Sleep is scheduled."""
        raise NotImplementedError


class Server:
    """Rotation without grace."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.current: str | None = self._next()

    def _next(self) -> str:
        return f"token-{next(self._numbers)}"

    def rotate(self, shown: str) -> str | None:
        """The successor; None where the token is spent, which ends the family."""
        self.current = self._next() if shown == self.current else None
        return self.current


class Schedule:
    """One random run: workers, their steps and what happens to them."""

    def __init__(self, seed: int, rates: Rates) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # a simulation
        self.rates, self.clock, self.server = rates, Clock(), Server()
        self.store = MemoryStore(self.clock)
        self.died_in_flight = False
        self._queue: list[tuple[float, int, Any, Any, Any]] = []
        self._order = itertools.count()

    def run(self, workers: list[tuple[Generator[Any, Any, Any], Callable[[Any], Any]]]) -> None:
        """Let all of them run to their end."""
        for protocol, perform in workers:
            self._at(self.clock.time + self.chance.uniform(0, 20), protocol, perform, None)
        while self._queue:
            self.clock.time, _, protocol, perform, action = heapq.heappop(self._queue)
            action = action or (lambda protocol=protocol: next(protocol))
            self._continue(protocol, perform, action)

    def _at(self, when: float, protocol: Any, perform: Any, action: Any) -> None:
        heapq.heappush(self._queue, (when, next(self._order), protocol, perform, action))

    def _continue(self, protocol: Any, perform: Any, action: Callable[[], Any]) -> None:
        try:
            step = action()
        except (StopIteration, orgkey.OrgkeyError):
            return
        if self.chance.random() < self.rates.crash:
            # An answer is there, and neither store nor journal has it yet.
            self.died_in_flight |= isinstance(step, (Seal, Settle))
            return
        delay = self.chance.uniform(0.0, 0.01)
        if self.chance.random() < self.rates.pause:
            delay += self.chance.uniform(0.0, 50.0)
        if isinstance(step, Sleep):
            self._at(self.clock.time + delay + step.seconds, protocol, perform, lambda: protocol.send(None))
            return
        self._at(self.clock.time + delay, protocol, perform, lambda: self._perform(protocol, perform, step))

    def _perform(self, protocol: Any, perform: Any, step: Any) -> Any:
        """The step's effect now; its result reaches the worker now, or when the answer is there."""
        try:
            result = perform(step)
        except orgkey.OrgkeyError as error:
            return protocol.throw(error)
        if not isinstance(step, Send):
            return protocol.send(result)
        latency = (
            self.chance.uniform(1, 25) if self.chance.random() < self.rates.slow else self.chance.uniform(0.1, 0.5)
        )
        if self.chance.random() < self.rates.crash:
            self.died_in_flight = True
            raise StopIteration
        answered = (
            (lambda: protocol.throw(result)) if isinstance(result, Exception) else (lambda: protocol.send(result))
        )
        self._at(self.clock.time + latency, protocol, perform, answered)
        raise StopIteration


class Outcome(NamedTuple):
    """Of one schedule: whether the family was lost, without a name, and though no answer died in flight."""

    lost: bool
    silent: bool
    needless: bool


def ours(schedule: Schedule) -> Outcome:
    """What becomes of the family under the package's protocol."""
    lock, wrapper = ProcessLock(schedule.clock), LocalKeyWrapper([bytes(32)])
    store, chance = schedule.store, schedule.chance
    sealer = Sealer(store, wrapper, clock=schedule.clock)
    _begin(schedule, sealer)

    def perform_at(ports: Ports) -> Callable[[Any], Any]:
        def perform(step: Any) -> Any:
            return _answer(schedule, step.secret.reveal()) if isinstance(step, Send) else step.perform(ports)

        return perform

    workers = []
    for number in range(_WORKERS):
        ports = Ports(
            store,
            sealer,
            lock,
            MemoryJournal(),
            None,
            orgkey.HostRules(),
            None,
            schedule.clock,
            chance.random,
            _hear,  # type: ignore[arg-type]  # nothing is sent by it
        )
        protocol = refresh("acme", owner=f"w{number}", clock=schedule.clock)
        workers.append((protocol, perform_at(ports)))
    schedule.run(workers)
    schedule.rates = Rates(0.0, 0.0, 0.0)
    schedule.run([(refresh("acme", owner="last", clock=schedule.clock), perform_at(ports))])
    reading = store.read("acme")
    assert reading is not None
    named = reading.record.state is State.NEEDS_REAUTH and reading.record.cause == "LOST_ROTATION"
    lost = schedule.server.current is None
    return Outcome(lost, lost and not named, lost and not schedule.died_in_flight)


def _hear(event: orgkey.Event) -> None:
    """Nobody listens."""


def _answer(schedule: Schedule, shown: str) -> TokenAnswer | orgkey.TokenRequestError:
    successor = schedule.server.rotate(shown)
    if successor is None:
        evidence = orgkey.Evidence(
            grant="refresh_token", error="invalid_grant", error_description="expired access/refresh token", status=400
        )
        return orgkey.TokenRequestError(orgkey.diagnose(evidence), error="invalid_grant", status=400)
    access = orgkey.Secret("access")
    return TokenAnswer(access, _HOST, "", "00D", "005", None, frozenset(), orgkey.Secret(successor))


def _begin(schedule: Schedule, sealer: Sealer) -> None:
    key = sealer.newest("acme")
    assert schedule.server.current is not None
    secret = orgkey.Secret(schedule.server.current)
    blank = TenantRecord(tenant="acme", state=State.ACTIVE, family="f", login_url=str(_HOST), client_id="app")
    sealed = sealer.seal(key, secret, kind="refresh_token", family="f")
    audit = Audit(tenant="acme", at=0.0, actor="", event="", state=State.ACTIVE)
    assert schedule.store.create(replace(blank, sealed=sealed, dek_version=key.version), audit)


class _Peer:
    """What the peer keeps: a token, and a lock that ends after ten seconds."""

    def __init__(self, schedule: Schedule) -> None:
        self.token = schedule.server.current or ""
        self.has_failed = False
        self._schedule = schedule
        self._locked_until = 0.0

    def refresh(self) -> Generator[Any, Any, None]:
        for _ in range(240):
            if (yield "lock"):
                break
            yield Sleep(0.05)
        else:
            return
        secret = orgkey.Secret((yield "read"))
        began = self._schedule.clock.time
        try:
            answer = yield Send(TenantRecord(tenant="acme"), secret)
        except orgkey.TokenRequestError:
            self.has_failed = True
        else:
            if self._schedule.clock.time - began <= 20.0:
                yield ("write", answer.refresh_token.reveal())
        yield "unlock"

    def perform(self, step: Any) -> Any:
        now = self._schedule.clock.time
        if isinstance(step, Send):
            return _answer(self._schedule, step.secret.reveal())
        if isinstance(step, tuple):
            self.token = step[1]
        if step == "lock":
            taken = self._locked_until <= now
            self._locked_until = now + 10.0 if taken else self._locked_until
            return taken
        self._locked_until = 0.0 if step == "unlock" else self._locked_until
        return self.token


def theirs(schedule: Schedule) -> Outcome:
    """The same under a lock of ten seconds that anybody frees and a write that compares nothing; timeout 20 s."""
    assert schedule.server.current is not None
    peer = _Peer(schedule)
    schedule.run([(peer.refresh(), peer.perform) for _ in range(_WORKERS)])
    lost = schedule.server.current != peer.token
    return Outcome(lost, lost and not peer.has_failed, lost and not schedule.died_in_flight)


def measure(effort: Effort) -> list[Row]:
    """Lost families of all schedules; those whose loss has no name; and those that no lost answer explains."""
    count = _FULL if effort.sessions >= _FULL // 2 else _QUICK
    rows: list[Row] = []
    for what, rates in (("pauses", Rates()), ("pauses and 1 % crashes a step", Rates(crash=0.01))):
        outcomes = {
            case: [play(Schedule(seed, rates)) for seed in range(count)]
            for case, play in ((_ORGKEY, ours), (_LOCK, theirs))
        }
        for part, name in enumerate(("lost", "lost without a name", "lost though no answer died in flight")):
            for case, seen in outcomes.items():
                total = float(sum(outcome[part] for outcome in seen))
                must_be_none = case == _ORGKEY and not (part == 0 and rates.crash)
                figure = f"{name}, of {count:,} schedules with {what}"
                rows.append(Row(figure, case, "", (total,), Goal("=", 0) if must_be_none else None))
    return rows
