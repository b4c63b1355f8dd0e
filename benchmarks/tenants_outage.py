"""How long a tenant stands still when a process dies while it refreshes, and whether others go on meanwhile.

A worker process is in the middle of its refreshes, at an endpoint that has not worked on them yet. It is ended by
SIGTERM, which it takes as servers do, by exiting (the drain lets the refreshes land), or by SIGKILL, with which its
requests are lost. From the moment it is gone another process refreshes the same tenants. How long that takes is
compared with the same refreshes when nobody died.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from harness import Effort, Goal, Row, difference
from tenants_endpoint import RotatingEndpoint, add_tenants, open_tenants

import orgkey
from orgkey_tenants import Limits

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from orgkey_tenants import Tenants

__all__ = ["TITLE", "measure"]

TITLE: Final = "Outage of a tenant whose worker dies in the middle of a refresh"

_CONTEXT: Final = multiprocessing.get_context("spawn")
_MANY: Final = 20  # tenants at once: so many samples for the price of one lease
_SHORT: Final = Limits(lease=8.0, request=4.0, persist=2.0, skew=1.0)  # for a look; the goal shrinks with it
_BEFORE_THE_END: Final = 1.0  # seconds that refreshes have been under way when the worker is ended


def measure(effort: Effort) -> list[Row]:
    """The outage after SIGTERM and after SIGKILL, and the calls that failed meanwhile in a process with a token."""
    limits = Limits() if effort.rounds > 5 else _SHORT
    most = limits.lease + limits.skew
    with RotatingEndpoint() as endpoint:
        _run(endpoint, limits, None)  # the first one also loads what it needs
        undisturbed, _ = _run(endpoint, limits, None)
        drained, failed_drained = _run(endpoint, limits, signal.SIGTERM)
        killed, failed_killed = _run(endpoint, limits, signal.SIGKILL)
        assert not endpoint.reuses
    figure = f"a worker with {_MANY} refreshes under way"
    meanwhile = "calls that fail in another process, with the token that it has"
    return [
        Row(
            f"{figure}, SIGTERM: next refresh, beyond one where nobody died",
            "orgkey-tenants",
            "s",
            difference(sorted(drained), sorted(undisturbed)),
            Goal("≤", 0.1),
        ),
        Row(f"{figure}, SIGTERM: {meanwhile}", "orgkey-tenants", "", (float(failed_drained),), Goal("=", 0)),
        Row(
            f"{figure}, SIGKILL: next refresh, lease and skew {most:g} s",
            "orgkey-tenants",
            "s",
            tuple(killed),
            Goal("≤", most),
        ),
        Row(f"{figure}, SIGKILL: {meanwhile}", "orgkey-tenants", "", (float(failed_killed),), Goal("=", 0)),
        Row(f"{_MANY} refreshes where nobody died", "orgkey-tenants", "s", tuple(undisturbed)),
    ]


def _run(endpoint: RotatingEndpoint, limits: Limits, end: signal.Signals | None) -> tuple[list[float], int]:
    """Seconds until each tenant was refreshed after a worker ended by ``end``, and calls that failed meanwhile."""
    with tempfile.TemporaryDirectory(prefix="orgkey-bench-", ignore_cleanup_errors=True) as folder:
        names = [f"{end.name if end else 'none'}{time.monotonic_ns()}{number}" for number in range(_MANY)]
        with open_tenants(Path(folder), limits=limits) as tenants:
            add_tenants(tenants, endpoint.url, names)
            for name in names:
                tenants.session(name).token()  # what this process has when the other one dies
            if end is not None:
                _end_a_worker(Path(folder), names, limits, endpoint, end)
            return _refresh_all(tenants, names)


def _end_a_worker(
    folder: Path, names: list[str], limits: Limits, endpoint: RotatingEndpoint, end: signal.Signals
) -> None:
    endpoint.hold()
    ours, theirs = _CONTEXT.Pipe()
    worker = _CONTEXT.Process(target=_work, args=(theirs, str(folder), names, limits))
    worker.start()
    theirs.close()
    assert ours.recv() == "begun"
    time.sleep(_BEFORE_THE_END)
    assert worker.pid is not None
    if end is signal.SIGKILL:
        worker.kill()
        worker.join()
        time.sleep(0.1)  # so that the endpoint sees the connections end, and never works on what they brought
        endpoint.hold(held=False)
    else:
        worker.terminate()
        endpoint.hold(held=False)
        worker.join()


def _work(outside: Connection, folder: str, names: list[str], limits: Limits) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as servers do; the drain is at exit
    tenants = open_tenants(Path(folder), limits=limits)
    for name in names:
        threading.Thread(target=tenants.keep_alive, args=(name,), daemon=True).start()
    while not all(tenants.get(name).intent for name in names):
        time.sleep(0.02)
    outside.send("begun")
    signal.pause()


def _refresh_all(tenants: Tenants, names: list[str]) -> tuple[list[float], int]:
    """Refresh all at once; a call of each tenant, with the token in memory, is made all the while."""
    began, done = time.monotonic(), threading.Event()
    failed = 0

    def refreshed(name: str) -> float:
        while True:
            try:
                tenants.session(name).refreshed()
            except orgkey.TokenRequestError:
                time.sleep(0.05)
            else:
                return time.monotonic() - began

    def call() -> None:
        nonlocal failed
        while not done.wait(0.05):
            failed += sum(tenants.session(name).current is None for name in names)

    caller = threading.Thread(target=call)
    caller.start()
    with ThreadPoolExecutor(len(names)) as pool:
        seconds = list(pool.map(refreshed, names))
    done.set()
    caller.join()
    return seconds, failed
