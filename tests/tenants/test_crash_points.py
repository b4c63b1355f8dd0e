"""A process dies at every step of the refresh protocol, in every driver, on every store; the next one recovers."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from refresh_bench import Bench, Crash, FlakyStore, Trace, crashing

import orgkey
from orgkey_tenants import NeedsReauth, RotationLost, State
from orgkey_tenants.drivers import drive, drive_async
from orgkey_tenants.stores.memory import MemoryStore
from orgkey_tenants.stores.sql import SQLStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_clock import FakeClock


def in_a_task(protocol: Any, ports: Any) -> Any:
    return asyncio.run(drive_async(protocol, ports))


DRIVERS = pytest.mark.parametrize("run", [drive, in_a_task], ids=["sync", "asyncio"])


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def new_bench(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Callable[[FakeClock], Bench]]:
    """Benches on one kind of store, each with an empty one."""
    stores: list[Any] = []

    def make(clock: FakeClock) -> Bench:
        if request.param == "memory":
            return Bench(MemoryStore(clock), clock)
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / f'{len(stores)}.db'}"
        else:
            url = request.getfixturevalue("fresh_database")
        stores.append(SQLStore(url, clock=clock))
        if request.param == "postgresql":
            with stores[-1]._engine.begin() as connection:
                for table in ("orgkey_tenants", "orgkey_audit", "orgkey_data_keys"):
                    connection.exec_driver_sql(f"DELETE FROM {table}")
        return Bench(stores[-1], clock)

    yield make
    for store in stores:
        store.close()


def steps_of(bench: Bench, refusals: int) -> list[str]:
    trace = Trace()
    drive(crashing(bench.protocol(), trace), bench.ports(store=FlakyStore(bench.store, refusals)))
    return trace.steps


@DRIVERS
@pytest.mark.parametrize("refusals", [0, 2], ids=["store answers", "store refuses twice"])
def test_after_a_crash_at_any_step_the_next_process_recovers(new_bench, clock, run, refusals):
    steps = steps_of(new_bench(clock), refusals)
    sent, kept = steps.index("Send"), steps.index("WriteJournal" if refusals else "Settle")
    assert {"Acquire", "Read", "Admit", "Unseal", "Swap", "Send", "Seal", "Settle", "Release"} <= set(steps)
    lost_at = []
    for at, name in enumerate(steps):
        for after in (False, True):
            where = f"{'after' if after else 'before'} step {at}, {name}"
            bench = new_bench(clock)
            with pytest.raises(Crash):
                run(
                    crashing(bench.protocol("host/dead"), Trace(), at, after=after),
                    bench.ports(store=FlakyStore(bench.store, refusals)),
                )
            died_at = clock.now()
            try:
                bench.refresh("host/next", run=run)
            except RotationLost:
                lost_at.append((at, after))
            bench.check()
            # Never two sends of one refresh token, but for the one probe after a send whose outcome died.
            doubtful = (sent, True) <= (at, after) <= (kept, False)
            assert sum(count - 1 for count in bench.server.sends.values()) == doubtful, where
            waited = clock.now() - died_at
            assert waited <= 150 + 5 + 10 + 2, f"{where}: {waited} s until the tenant was served again"
            if bench.record.state is State.ACTIVE:
                bench.refresh("host/later")
                bench.check()
    # What no client can help: an answer that died on its way into the store or the journal. All of it is named.
    expected = [
        (at, after)
        for at in range(len(steps))
        for after in (False, True)
        if (sent, True) <= (at, after) <= (kept, False)
    ]
    assert lost_at == expected


@DRIVERS
def test_after_a_crash_around_a_request_that_could_not_be_sent_nothing_is_lost(new_bench, clock, run):
    def unsent(bench: Bench) -> Trace:
        bench.server.before = refuse
        return Trace()

    def refuse() -> None:
        raise orgkey.ConfigError("no proxy")

    bench = new_bench(clock)
    trace = unsent(bench)
    with pytest.raises(orgkey.ConfigError, match="no proxy"):
        run(crashing(bench.protocol(), trace), bench.ports())
    steps = trace.steps
    assert steps[steps.index("Send") :] == ["Send", "Swap", "Release"]
    for at, name in enumerate(steps):
        for after in (False, True):
            bench = new_bench(clock)
            trace = unsent(bench)
            with pytest.raises(Crash):
                run(crashing(bench.protocol("host/dead"), trace, at, after=after), bench.ports())
            died_at = clock.now()
            bench.server.before = lambda: None
            bench.refresh("host/next", run=run)
            bench.check()
            where = f"{'after' if after else 'before'} step {at}, {name}"
            assert bench.record.generation == 2, where
            assert max(bench.server.sends.values()) == 1, where
            if (at, after) >= (steps.index("Send") + 1, True):  # it was taken back: nobody waits for the lease
                assert clock.now() - died_at < 15, where


POLLING = frozenset({"Acquire", "Draw", "Read", "Release", "Sleep"})


def test_two_crashes_in_a_row_at_any_pair_of_steps(clock):
    steps = steps_of(Bench(MemoryStore(clock), clock), 0)
    reached = set()
    for first, second in itertools.product(range(len(steps)), range(8)):
        for after, again in itertools.product((False, True), repeat=2):
            bench = Bench(MemoryStore(clock), clock)
            with pytest.raises(Crash):
                drive(crashing(bench.protocol("a"), Trace(), first, after=after), bench.ports())
            trace = Trace()
            with suppress(Crash, RotationLost):
                drive(crashing(bench.protocol("b"), trace, second, after=again, uncounted=POLLING), bench.ports())
            reached |= set(trace.steps)
            # The second one may have found a loss, and died when it had written that down.
            with suppress(NeedsReauth):
                bench.refresh("c")
            bench.check()
            assert bench.record.cause in {"", "LOST_ROTATION"}
            probes = [line for line in bench.store.audit("acme") if line.event == "probe_announced"]
            assert sum(count - 1 for count in bench.server.sends.values()) <= len(probes), (first, second, after, again)
    assert {"Find", "Unseal", "Swap", "Send", "Seal", "Settle", "Tell"} <= reached


def test_nobody_probes_while_a_slow_holder_may_be_alive(clock):
    bench = Bench(MemoryStore(clock), clock)
    with pytest.raises(Crash):
        drive(crashing(bench.protocol("slow"), Trace(), at=6, after=True), bench.ports())
    intent = bench.record.intent
    assert intent is not None
    times: list[float] = []
    bench.server.before = lambda: times.append(clock.now())
    with pytest.raises(RotationLost):
        bench.refresh("next")
    assert times
    assert times[0] >= intent.deadline + 5


def test_a_late_holder_is_let_through(clock):
    bench = Bench(MemoryStore(clock), clock)
    bench.server.after = lambda: clock.advance(1_000)  # a pause far beyond the lease, and nobody else came
    refreshed = bench.refresh()
    assert refreshed.record.generation == bench.record.generation == 2
    bench.check()
    assert max(bench.server.sends.values()) == 1


def test_too_late_to_send_is_not_sent(clock):
    bench = Bench(MemoryStore(clock), clock)
    swap, pauses = bench.store.swap, [100.0]

    def slow_swap(*args: Any, **options: Any) -> bool:
        clock.advance(pauses.pop() if pauses else 0.0)
        return swap(*args, **options)

    bench.store.swap = slow_swap  # type: ignore[method-assign]
    bench.refresh()
    assert [line.event for line in bench.store.audit("acme")[:4]] == [
        "refreshed",
        "refresh_announced",
        "too_late_to_send",
        "refresh_announced",
    ]
    assert max(bench.server.sends.values()) == 1
    bench.check()
