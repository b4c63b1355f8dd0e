"""Eight real processes on real PostgreSQL and Redis, killed and stopped at random; the history is checked afterwards.

Ten seconds here; as long as CHAOS_SECONDS says (in seconds) in `nox -s chaos`.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
import tenant_worker
from rotating_server import RotatingServer

import orgkey
from orgkey_tenants import NeedsReauth, State, Tenants
from orgkey_tenants.record import Audit, TenantRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = float(os.environ.get("CHAOS_SECONDS", "10"))
WORKERS = 8
TENANTS = [f"tenant{number}" for number in range(20)]
LIMITS = tenant_worker.LIMITS
LONGEST_PAUSE = 1.4  # of a stopped process: what the lease of the workers leaves room for
EARLIEST_PROBE = LIMITS.lease + LIMITS.skew - (LIMITS.lease - LIMITS.request - LIMITS.persist) - LONGEST_PAUSE


class _Wire:
    """A request as RotatingServer takes it."""

    def __init__(self, origin: str, form: dict[str, str]) -> None:
        self.origin, self.form = origin, form


class TokenEndpoint:
    """A rotating token endpoint on loopback that notes when each refresh token came; some answers are slow."""

    def __init__(self) -> None:
        self.rotating = RotatingServer()
        self.times: defaultdict[str, list[float]] = defaultdict(list)
        endpoint, chance = self, random.Random(1)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
                endpoint.times[form["refresh_token"]].append(time.monotonic())
                answer = endpoint.rotating.send(_Wire(endpoint.url, form))  # type: ignore[arg-type]
                time.sleep(chance.choice([0.0, 0.0, 0.02, 0.3]))
                self.send_response(answer.status_code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                pass

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True  # the client was killed

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Product:
    """The tenants, and the processes that refresh them."""

    def __init__(self, settings: dict[str, Any], endpoint: TokenEndpoint) -> None:
        self.settings, self.endpoint = settings, endpoint
        self.tenants: Tenants = tenant_worker.open_tenants({**settings, "lock": ""})
        self.consents: dict[str, int] = dict.fromkeys(TENANTS, 0)
        self.workers: list[subprocess.Popen[str]] = []
        self.kills = self.pauses = 0
        for tenant in TENANTS:
            now = self.tenants.store.now()
            blank = TenantRecord(tenant=tenant, login_url=endpoint.url, client_id="app", created_at=now)
            assert self.tenants.store.create(blank, self._audit(tenant))
            self.consent(tenant)

    def consent(self, tenant: str) -> None:
        self.consents[tenant] += 1
        family = f"{tenant}f{self.consents[tenant]}x"
        sealer = self.tenants.sealer
        key = sealer.newest(tenant)
        secret = orgkey.Secret(self.endpoint.rotating.consent(family))
        sealed = sealer.seal(key, secret, kind="refresh_token", family=family, generation=1)
        found = self.tenants.get(tenant)
        record = replace(
            found, state=State.ACTIVE, family=family, generation=1, sealed=sealed, dek_version=key.version, intent=None
        )
        assert self.tenants.store.swap(record, self._audit(tenant), version=found.version)

    def _audit(self, tenant: str) -> Audit:
        return Audit(tenant=tenant, at=0, actor="test", event="consented", state=State.ACTIVE, generation=1)

    def start_worker(self) -> None:
        command = [sys.executable, tenant_worker.__file__, json.dumps(self.settings)]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.workers.append(worker)

    def await_workers(self) -> None:
        for worker in self.workers:
            assert worker.stdout is not None
            assert worker.stdout.readline(), "a worker ended before it was ready"

    def kill(self, worker: subprocess.Popen[str]) -> None:
        self.kills += 1
        worker.kill()
        worker.wait()
        assert worker.stdout is not None
        worker.stdout.close()
        self.workers.remove(worker)

    def reconnect_the_lost(self) -> None:
        for tenant in TENANTS:
            if self.tenants.get(tenant).state is State.NEEDS_REAUTH:
                self.consent(tenant)

    def stop(self) -> None:
        for worker in list(self.workers):
            self.kill(worker)


@pytest.fixture
def product(fresh_database: str, redis_socket: str, master_key: str, tmp_path: Any) -> Iterator[Product]:
    endpoint = TokenEndpoint()
    settings = {
        "store": fresh_database,
        "lock": redis_socket,
        "keys": master_key,
        "journal": str(tmp_path / "journal"),
        "tenants": TENANTS,
    }
    product = Product(settings, endpoint)
    yield product
    product.stop()
    product.tenants.close(0)
    endpoint.close()


@pytest.mark.timeout(60 + 3 * SECONDS)
def test_processes_are_killed_and_stopped_at_random(product):
    chance = random.Random(7)
    for _ in range(WORKERS):
        product.start_worker()
    product.await_workers()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        time.sleep(chance.uniform(0.05, 0.4))
        worker = chance.choice(product.workers)
        if chance.random() < 0.4:
            product.kill(worker)
            product.start_worker()
        else:
            worker.send_signal(signal.SIGSTOP)
            time.sleep(chance.uniform(0.1, LONGEST_PAUSE))
            worker.send_signal(signal.SIGCONT)
            product.pauses += 1
        product.reconnect_the_lost()
    product.stop()
    with ThreadPoolExecutor(len(TENANTS)) as pool:  # the next process recovers what the last ones left
        list(pool.map(lambda tenant: recover(product, tenant), TENANTS))
    check_history(product)


def recover(product: Product, tenant: str) -> None:
    for _ in range(20):  # a busy machine may be too slow for the endpoint's two seconds
        try:
            product.tenants.keep_alive(tenant)
        except NeedsReauth:
            assert product.tenants.get(tenant).cause == "LOST_ROTATION"
        except orgkey.TokenRequestError as error:
            failure = error
            time.sleep(1.0)  # a host in trouble is left alone for a while, and says no at once
            continue
        return
    pytest.fail(f"{tenant} was not recovered: {failure}")


def check_history(product: Product) -> None:
    rotating = product.endpoint.rotating
    lost = unanswered = probes = refreshes = 0
    for tenant in TENANTS:
        trail = product.tenants.store.audit(tenant, limit=100_000)[::-1]
        lost += sum(line.event == "grant_ended" for line in trail)
        unanswered += sum(line.event in {"answer_lost", "outcome_unknown"} for line in trail)
        probes += sum(line.event == "probe_announced" for line in trail)
        assert all(line.cause == "LOST_ROTATION" for line in trail if line.event == "grant_ended")
        generation = 0
        for line in trail:  # outcomes were stored one after the other, and none twice
            if line.event in {"refreshed", "settled_from_journal", "consented"}:
                assert line.generation == (1 if line.event == "consented" else generation + 1), trail
                generation = line.generation
                refreshes += line.event != "consented"
        if product.tenants.get(tenant).state is State.ACTIVE:
            record = product.tenants.get(tenant)
            key = product.tenants.sealer.key(tenant, record.dek_version)
            held = product.tenants.sealer.open(
                key, record.sealed, kind="refresh_token", family=record.family, generation=record.generation
            )
            assert rotating.is_current(held.reveal())
    again = {token: times for token, times in product.endpoint.times.items() if len(times) > 1}
    assert sum(len(times) - 1 for times in again.values()) <= probes
    for times in again.values():
        # Nobody sends a token again before its first holder's lease is over.
        assert all(later - earlier >= EARLIEST_PROBE / 2 for earlier, later in itertools.pairwise(times))
    sys.stdout.write(
        f"\n{refreshes} refreshes, {product.kills} kills, {product.pauses} pauses, {probes} probes, "
        f"{len(again)} tokens probed a second time, {lost} rotations lost and named\n"
    )
    assert lost <= product.kills + unanswered
    assert refreshes > len(TENANTS), "too little happened to say anything"
    assert product.kills > WORKERS
    assert product.pauses
