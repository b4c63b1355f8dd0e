"""No token of one tenant ever reaches another tenant's host, whatever interleaves; nor does a swapped row."""

from __future__ import annotations

import asyncio
import random
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from consents import allow
from customers import connect, new_customer

import orgkey
from orgkey_tenants import Audit, SealBroken, State, Tenants
from orgkey_tenants.stores.sql import SQLStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from customers import Customer

    from orgkey_sim import World

LIMITS = "/services/data/v60.0/limits"
CALLBACK = "https://saas.example.com/callback"


def strays(customers: list[Customer]) -> list[str]:
    """What reached a customer's org with a token that this org never gave out."""
    found = []
    for customer in customers:
        log = list(customer.org.log)
        own = {entry.token for entry in log if entry.endpoint == "token" and entry.token}
        found += [
            f"{customer.tenant}: {each.path}" for each in log if each.endpoint == "rest" and each.token not in own
        ]
        # A refresh token of another org is one that this org does not know.
        found += [f"{customer.tenant}: refresh" for each in log if each.row == "expired_refresh_token"]
    return found


def called(customers: list[Customer]) -> list[int]:
    return [customer.org.count(endpoint="rest", status=200) for customer in customers]


@pytest.fixture
def customers(world: World, tenants: Tenants) -> list[Customer]:
    found = [new_customer(world, callback_urls=[CALLBACK]) for _ in range(4)]
    for customer in found:
        connect(tenants, customer)
    return found


def test_threads_that_call_expire_and_reconnect_all_at_once(
    make: Callable[..., Tenants], customers: list[Customer], tmp_path: Path
) -> None:
    """Two processes' worth of Tenants on one store, 12 threads, and orgs whose sessions end and move all the time."""
    url = f"sqlite:///{tmp_path / 'tenants.db'}"
    real = {"redirect_uri": CALLBACK, "wait": 30.0, "clock": orgkey.SYSTEM_CLOCK}
    products = [make(store=SQLStore(url), **real) for _ in range(2)]
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        chance, product = random.Random(seed), products[seed % 2]
        try:
            for _ in range(12):
                customer = chance.choice(customers)
                dice = chance.random()
                if dice < 0.15:
                    customer.org.expire_sessions()
                elif dice < 0.2:
                    customer.org.move_instance(f"NA{chance.randrange(100)}")
                elif dice < 0.3 and customer.org.count(endpoint="authorize") < 3:  # a sixth one would end the first
                    url = product.start_authorization(customer.tenant)
                    product.complete_authorization(allow(url), browser_cookie=url.browser_cookie)
                session = product.session(customer.tenant)
                with httpx.Client(auth=orgkey.SalesforceAuth(session)) as client:
                    client.get(session.instance_url + LIMITS)
        except BaseException as error:  # noqa: BLE001  # shown by the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Sessions that keep ending may leave a caller without a token; whose token went where is what counts.
    assert [error for error in failures if not isinstance(error, (orgkey.OrgkeyError, httpx.HTTPError))] == []
    assert strays(customers) == []
    assert min(called(customers)) > 0


async def test_tasks_of_one_loop_do_not_mix_tenants(tenants: Tenants, customers: list[Customer]) -> None:
    async def work(customer: Customer) -> int:
        session = await tenants.asession(customer.tenant)
        async with httpx.AsyncClient(auth=orgkey.SalesforceAuth(session)) as client:
            for _ in range(3):
                url = (await session.atoken()).instance_url + LIMITS
                await asyncio.sleep(0)
                status = (await client.get(url)).status_code
                await asyncio.to_thread(customer.org.expire_sessions)
        return status

    # A session that another task ended right after its renewal leaves a 401.
    assert set(await asyncio.gather(*(work(customer) for customer in customers * 3))) <= {200, 401}
    assert strays(customers) == []
    assert min(called(customers)) > 0


def test_one_tenants_client_takes_no_token_to_anothers_host(tenants: Tenants, customers: list[Customer]) -> None:
    mine, theirs = customers[:2]
    session = tenants.session(mine.tenant)
    session.token()
    with httpx.Client(auth=orgkey.SalesforceAuth(session)) as client:
        try:
            answer = client.get(theirs.org.login_url + LIMITS)
        except orgkey.UntrustedHost:
            pass
        else:
            assert answer.status_code == 401
    assert [entry.token for entry in theirs.org.log if entry.endpoint == "rest" and entry.token] == []


def test_swapped_rows_open_for_nobody_and_send_nothing(tenants: Tenants, customers: list[Customer]) -> None:
    mine, theirs, third = (tenants.get(customer.tenant) for customer in customers[:3])
    for record, other in ((mine, theirs), (theirs, mine)):
        swapped = replace(
            record, sealed=other.sealed, dek_version=other.dek_version, family=other.family, generation=other.generation
        )
        assert tenants.store.swap(swapped, Audit.of(swapped, "swapped", by="test", at=0.0), version=record.version)
    for record in (mine, theirs):
        with pytest.raises(SealBroken):
            tenants.session(record.tenant).token()
    assert [customer.sent() for customer in customers[:2]] == [0, 0]
    assert tenants.session(third.tenant).token().org_id == customers[2].org.org_id
    assert tenants.get(third.tenant).state is State.ACTIVE


def test_a_login_url_that_was_swapped_gets_no_refresh_token_of_another(
    tenants: Tenants, customers: list[Customer]
) -> None:
    """Whoever can write to the store can send a refresh token to another org: not to a host that is not Salesforce's."""
    record = tenants.get(customers[0].tenant)
    bent = replace(record, login_url="https://evil.example.com")
    assert tenants.store.swap(bent, Audit.of(bent, "bent", by="test", at=0.0), version=record.version)
    with pytest.raises(orgkey.OrgkeyError, match=r"evil\.example\.com"):
        tenants.session(record.tenant).token()
    for each in tenants.list():
        due = replace(each, keepalive_at=1.0)
        assert tenants.store.swap(due, Audit.of(due, "made_due", by="test", at=0.0), version=each.version)
    causes: dict[str, str] = {}
    assert tenants.keepalive(progress=causes.__setitem__) == (3, 1)
    assert causes.pop(record.tenant) == "ConfigError"
    assert set(causes.values()) == {""}
    assert [customer.sent() for customer in customers] == [0, 1, 1, 1]
    assert tenants.get(record.tenant).intent is None


def test_a_tenant_whose_login_url_is_trusted_no_more_can_be_forgotten(
    tenants: Tenants, customers: list[Customer]
) -> None:
    record = tenants.get(customers[0].tenant)
    bent = replace(record, login_url="https://evil.example.com")
    assert tenants.store.swap(bent, Audit.of(bent, "bent", by="test", at=0.0), version=record.version)
    with pytest.raises(orgkey.ConfigError, match="Nothing was forgotten") as caught:
        tenants.forget(record.tenant)
    assert "--force" in str(caught.value)
    assert tenants.get(record.tenant).state is State.ACTIVE
    assert tenants.forget(record.tenant, force=True).state is State.FORGOTTEN
    assert tenants.store.keys(record.tenant) == []


def test_a_restored_login_url_is_refreshed_as_if_nothing_had_been(tenants: Tenants, customers: list[Customer]) -> None:
    """Nothing was sent to the other host, so no outcome is in doubt."""
    record = tenants.get(customers[0].tenant)
    bent = replace(record, login_url="https://evil.example.com")
    assert tenants.store.swap(bent, Audit.of(bent, "bent", by="test", at=0.0), version=record.version)
    with pytest.raises(orgkey.ConfigError):
        tenants.keep_alive(record.tenant)
    found = tenants.get(record.tenant)
    mended = replace(found, login_url=record.login_url)
    assert tenants.store.swap(mended, Audit.of(mended, "mended", by="test", at=0.0), version=found.version)
    tenants.keep_alive(record.tenant)
    events = {line.event for line in tenants.audit(record.tenant)}
    assert "refreshed" in events
    assert "probe_announced" not in events
