"""Many callers on one expired tenant whose refresh token rotates: token requests, reuses of spent tokens, failed calls.

The peers are what products do without a protocol. Authlib, its session shared by the process, with ``update_token``
writing each new token into the store. And a lock of ten seconds that anybody frees, with single flight in the process,
the store read again under the lock, access tokens in the store beside refresh tokens (so that one refresh serves all
processes) and a write that compares nothing; a caller waits 12 s for the lock, a request takes 20 s at most. Its lock
is a row of SQLite instead of Redis; it means the same.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import tempfile
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import clients
import httpx
from harness import Effort, Goal, Row, alternate
from tenants_endpoint import CLIENT_ID, RotatingEndpoint, add_tenants, first_token, open_tenants

import orgkey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

__all__ = ["TITLE", "measure"]

TITLE: Final = "Many callers on one expired tenant whose refresh token rotates"

_ORGKEY: Final = "orgkey-tenants"
_CONTEXT: Final = multiprocessing.get_context("spawn")
_SLOW: Final = 11.0  # seconds: longer than the peer's lock, well within what a request may take
_LOCK_SECONDS: Final = 10.0
_LOCK_WAIT: Final = 12.0
_REQUEST_SECONDS: Final = 20.0
_FAMILIES: Final = count(1)


class Place(NamedTuple):
    """Where a process finds its tenant."""

    login_url: str
    folder: Path
    tenant: str


class Outcome(NamedTuple):
    """Of one stampede."""

    requests: int
    reuses: int
    failed: int


def measure(effort: Effort) -> list[Row]:
    """What each herd cost, at an endpoint that answers soon and at one that answers late."""
    rows: list[Row] = []
    slow_rounds = 2 if effort.rounds > 5 else 1  # counts are exact, and a round of this takes minutes
    with RotatingEndpoint() as endpoint:
        for processes, callers in ((1, 1_000), (8, 125)):
            with _pens(processes) as pens:
                for seconds, rounds in ((0.05, effort.rounds), (_SLOW, slow_rounds)):
                    endpoint.answers()
                    rows += _herd(pens, callers, endpoint, seconds, rounds)
    return rows


def _herd(pens: list[Connection], callers: int, endpoint: RotatingEndpoint, seconds: float, rounds: int) -> list[Row]:
    outcomes: dict[str, list[Outcome]] = {case: [] for case in _CASES}

    def stampede(case: str) -> float:
        outcomes[case].append(_stampede(case, pens, callers, endpoint, seconds))
        return 0.0

    alternate({case: partial(stampede, case) for case in _CASES}, rounds)
    who = f"{len(pens)} processes x {callers} threads" if len(pens) > 1 else f"{callers:,} threads"
    figure = f"{who}, endpoint answers after {seconds:g} s"
    goals = Outcome(len(pens), 0, 0)
    rows = []
    for part, name in enumerate(("token requests", "reuses of a spent token", "calls that fail")):
        for case, seen in outcomes.items():
            goal = Goal("≤", goals[part]) if case == _ORGKEY else None
            rows.append(Row(f"{figure}: {name}", case, "", tuple(float(outcome[part]) for outcome in seen), goal))
    return rows


def _stampede(case: str, pens: list[Connection], callers: int, endpoint: RotatingEndpoint, seconds: float) -> Outcome:
    """Let the herd loose once, on a tenant of its own."""
    with tempfile.TemporaryDirectory(prefix="orgkey-bench-", ignore_cleanup_errors=True) as folder:
        place = Place(endpoint.url, Path(folder), f"tenant{next(_FAMILIES)}")
        _CASES[case].prepare(place)
        endpoint.answers()
        for pen in pens:  # one after the other: who has no token gets one now
            pen.send((case, place, callers))
            pen.recv()
        endpoint.answers(after=seconds)
        endpoint.forget()
        for pen in pens:
            pen.send("go")
        served = sum(pen.recv() for pen in pens)
        return Outcome(endpoint.requests, endpoint.reuses, callers * len(pens) - served)


@contextmanager
def _pens(processes: int) -> Iterator[list[Connection]]:
    """The herd's processes, each at the other end of a connection."""
    with ExitStack() as stack:
        pens = []
        for _ in range(processes):
            ours, theirs = _CONTEXT.Pipe()
            process = _CONTEXT.Process(target=_wait_in_pen, args=(theirs,), daemon=True)
            process.start()
            theirs.close()  # so that a process that dies is noticed, not waited for
            stack.callback(process.join)
            stack.callback(ours.send, None)
            pens.append(ours)
        yield pens


def _wait_in_pen(outside: Connection) -> None:
    while (order := outside.recv()) is not None:
        case, place, callers = order
        with ExitStack() as stack:
            client = _CASES[case].make(place, stack)
            run = _threads(client, callers)
            client.expire()
            outside.send("ready")
            outside.recv()
            outside.send(run())


def _threads(client: clients.Client, callers: int) -> Callable[[], int]:
    """Threads that are there and wait. Returns what lets them call, and counts the calls that succeeded."""
    start = threading.Event()
    served: list[bool] = []

    def call() -> None:
        start.wait()
        try:
            served.append(client.call() == httpx.codes.OK)
        except Exception:  # noqa: BLE001  # whatever it was, the call failed
            served.append(False)

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()

    def run() -> int:
        start.set()
        for thread in threads:
            thread.join()
        return sum(served)

    return run


# --- orgkey-tenants --------------------------------------------------------------------------------------------------


def _prepare_ours(place: Place) -> None:
    with open_tenants(place.folder) as tenants:
        add_tenants(tenants, place.login_url, [place.tenant])


def _ours(place: Place, stack: ExitStack) -> clients.Client:
    tenants = stack.enter_context(open_tenants(place.folder))
    session, api = tenants.session(place.tenant), clients.Api()
    session.token()

    def answer(request: httpx.Request) -> httpx.Response:
        status, body = api.answer(request.headers)
        return httpx.Response(status, content=body, headers={"Content-Type": "application/json"})

    auth = orgkey.SalesforceAuth(session)
    client = stack.enter_context(httpx.Client(transport=httpx.MockTransport(answer), trust_env=False, auth=auth))
    return clients.Client(lambda: client.get(clients.API_URL).status_code, lambda: api.expire(session.token().reveal()))


# --- the peers -------------------------------------------------------------------------------------------------------


def _prepare_theirs(place: Place) -> None:
    """A row with both tokens in plain, as a product without a protocol keeps them, and a row for its lock."""
    with closing(_connect(place)) as store:
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE tokens (access TEXT, refresh TEXT)")
        store.execute("INSERT INTO tokens VALUES ('first', ?)", (first_token(place.tenant),))
        store.execute("CREATE TABLE locks (name TEXT PRIMARY KEY, expires REAL)")


def _connect(place: Place) -> sqlite3.Connection:
    return sqlite3.connect(place.folder / "tokens.db", timeout=30, isolation_level=None)


def _read(place: Place) -> tuple[str, str]:
    with closing(_connect(place)) as store:
        found: tuple[str, str] = store.execute("SELECT access, refresh FROM tokens").fetchone()
        return found


def _write(place: Place, access: str, refresh: str) -> None:
    with closing(_connect(place)) as store:
        store.execute("UPDATE tokens SET access = ?, refresh = ?", (access, refresh))


def _authlib(place: Place, stack: ExitStack) -> clients.Client:
    from authlib.integrations.requests_client import OAuth2Session

    access, refresh = _read(place)

    def update_token(token: dict[str, Any], **_: Any) -> None:
        _write(place, token["access_token"], token["refresh_token"])

    session = OAuth2Session(
        client_id=CLIENT_ID,
        token={"access_token": access, "refresh_token": refresh, "token_type": "Bearer"},
        token_endpoint=f"{place.login_url}/services/oauth2/token",
        token_endpoint_auth_method="none",  # noqa: S106  # a public client
        update_token=update_token,
        default_timeout=60.0,
    )
    stack.callback(session.close)
    calm = clients._calm(session, clients.Api())  # noqa: SLF001  # the data API in memory, as for all who are on requests

    def expire() -> None:
        session.token = {**session.token, "expires_at": 1}

    return clients.Client(lambda: calm.get(clients.API_URL).status_code, expire)


class _LockedProduct:
    """Single flight in the process, a lock of ten seconds between processes, and tokens in the store."""

    def __init__(self, place: Place, wire: httpx.Client) -> None:
        self._place, self._wire = place, wire
        self._guard = threading.Lock()
        self._flight: threading.Event | None = None
        self.access = _read(place)[0]
        self.expired = ""

    def call(self) -> int:
        if self.access == self.expired:
            self._renew()
        return 200 if self.access != self.expired else 401

    def _renew(self) -> None:
        with self._guard:
            if self.access != self.expired:
                return
            flight, leads = self._flight or threading.Event(), self._flight is None
            self._flight = flight
        if not leads:
            flight.wait()
            return
        try:
            self._renew_under_lock()
        finally:
            with self._guard:
                self._flight = None
            flight.set()

    def _renew_under_lock(self) -> None:
        until = time.monotonic() + _LOCK_WAIT
        while not self._acquire():
            if time.monotonic() > until:
                self.access = _read(self._place)[0]  # somebody may have been faster
                return
            time.sleep(0.05)
        access, refresh = _read(self._place)
        if access == self.expired:
            form = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "refresh_token": refresh}
            answer = self._wire.post(f"{self._place.login_url}/services/oauth2/token", data=form).raise_for_status()
            access, refresh = answer.json()["access_token"], answer.json()["refresh_token"]
            _write(self._place, access, refresh)
        self.access = access
        with closing(_connect(self._place)) as store:
            store.execute("DELETE FROM locks WHERE name = 'refresh'")  # whoever holds it by now

    def _acquire(self) -> bool:
        now = time.time()
        with closing(_connect(self._place)) as store:
            taken = store.execute(
                "INSERT INTO locks VALUES ('refresh', ?) ON CONFLICT (name) DO UPDATE SET expires = excluded.expires "
                "WHERE expires <= ?",
                (now + _LOCK_SECONDS, now),
            )
            return taken.rowcount == 1


def _locked(place: Place, stack: ExitStack) -> clients.Client:
    wire = stack.enter_context(httpx.Client(trust_env=False, timeout=_REQUEST_SECONDS))
    product = _LockedProduct(place, wire)

    def expire() -> None:
        product.expired = product.access

    return clients.Client(product.call, expire)


class Case(NamedTuple):
    """Who is measured."""

    prepare: Callable[[Place], None]
    make: Callable[[Place, ExitStack], clients.Client]


_CASES: Final = {
    _ORGKEY: Case(_prepare_ours, _ours),
    "Authlib on requests, update_token": Case(_prepare_theirs, _authlib),
    "10-second lock, no owner, no compare-and-swap": Case(_prepare_theirs, _locked),
}
