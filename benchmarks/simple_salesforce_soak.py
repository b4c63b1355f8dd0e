"""Half an hour of mixed work, compressed: 8 threads call three APIs while the session dies every minute."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import simple_salesforce.bulk2
from harness import Effort, Goal, Row
from requests.adapters import HTTPAdapter
from simple_salesforce_expiry import log_in_ours, log_in_theirs
from simple_salesforce_org import OrgProcess

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TITLE", "measure"]

TITLE: Final = "Half an hour of simple-salesforce calls, a session that dies every minute"

_THREADS: Final = 8
_MINUTES: Final = 30
_LEAST_REAL_MINUTE: Final = 0.5  # seconds
_CLIENTS: Final[dict[str, Callable[[OrgProcess], Any]]] = {
    "orgkey-simple-salesforce": log_in_ours,
    "simple-salesforce": log_in_theirs,
}


def measure(effort: Effort) -> list[Row]:
    """Calls that failed, and logins beyond the first minus deaths. The org's clock runs; a minute lasts as it must."""
    minutes = _MINUTES if effort.rounds > 3 else 3
    simple_salesforce.bulk2.sleep = lambda _: None  # jobs are done at once, and polling would only wait
    rows: list[Row] = []
    for name, log_in in _CLIENTS.items():
        with OrgProcess() as org:
            org.through_proxy()
            soak = Soak(org, log_in(org))
            soak.run(minutes)
        goal = Goal("=", 0) if log_in is log_in_ours else None
        rows += [
            Row("failed calls", name, "", (float(soak.failures.total()),), goal),
            Row("logins minus deaths", name, "", (float(soak.logins - minutes),), goal),
            Row("calls", name, "", (float(soak.calls.total()),)),
        ]
        print(f"  {name}: {dict(soak.calls)} calls, failed: {dict(soak.failures)}", flush=True)
    return sorted(rows, key=lambda row: row.figure != "failed calls" and (row.figure == "calls") + 1)


class Soak:
    """One client under load."""

    def __init__(self, org: OrgProcess, sf: Any) -> None:
        self._org, self._sf = org, sf
        sf.session.mount("https://", HTTPAdapter(pool_maxsize=_THREADS))
        self._is_over = threading.Event()
        self._done = [0] * _THREADS
        self.calls: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.logins = 0

    def run(self, minutes: int) -> None:
        """Let all threads work, and the session die at the end of each minute."""
        held = {name: work(self._sf) for name, work in _WORK.items()}
        before = self._org.logins()
        threads = [threading.Thread(target=self._work, args=(number, held)) for number in range(_THREADS)]
        for thread in threads:
            thread.start()
        for _ in range(minutes):
            self._wait_for_everybody()
            self._org.pass_minute()
        self._wait_for_everybody()
        self._is_over.set()
        for thread in threads:
            thread.join()
        self.logins = self._org.logins() - before

    def _wait_for_everybody(self) -> None:
        """A minute is long: each thread gets some calls done in it."""
        seen, started = list(self._done), time.monotonic()
        while time.monotonic() - started < _LEAST_REAL_MINUTE or any(
            now < then + 2 for now, then in zip(self._done, seen, strict=True)
        ):
            time.sleep(0.01)

    def _work(self, number: int, held: dict[str, Callable[[], object]]) -> None:
        turns = itertools.cycle(held)
        for _ in range(number):
            next(turns)
        for name in turns:
            try:
                held[name]()
            except Exception as error:  # noqa: BLE001  # whatever it is, the call failed
                self.failures[f"{name}: {type(error).__name__}"] += 1
            self.calls[name] += 1
            self._done[number] += 1
            if self._is_over.is_set():
                return


def _query(sf: Any) -> Callable[[], object]:
    return lambda: sf.query("SELECT Id FROM Contact LIMIT 50")


def _object_type(sf: Any) -> Callable[[], object]:
    contacts = sf.Contact
    return contacts.describe


def _bulk_2(sf: Any) -> Callable[[], object]:
    contacts = sf.bulk2.Contact
    return lambda: list(contacts.query("SELECT Id FROM Contact LIMIT 50"))


def _metadata(sf: Any) -> Callable[[], object]:
    api = sf.mdapi
    return api.describe_metadata  # type: ignore[no-any-return]


# Each keeps the object that it calls for the whole time, as long-running programs do.
_WORK: Final[dict[str, Callable[[Any], Callable[[], object]]]] = {
    "query": _query,
    "object type": _object_type,
    "Bulk 2": _bulk_2,
    "metadata": _metadata,
}
