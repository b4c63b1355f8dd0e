"""aiosalesforce, unmodified and through the proxy."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx
import pytest
from aiosalesforce import Salesforce
from aiosalesforce.auth import ClientCredentialsFlow
from aiosalesforce.exceptions import SalesforceError

from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from orgkey_sim import Org


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture(scope="module")
def org(world: World) -> Org:
    return world.create_org("acme", contacts=2100)


@pytest.fixture
async def sf(world: World, org: Org) -> AsyncIterator[Salesforce]:
    app = org.app("Agent") or org.create_app("Agent")
    trust = ssl.create_default_context(cafile=world.ca_file)
    async with httpx.AsyncClient(proxy=world.proxy_url, verify=trust, trust_env=False) as client:
        auth = ClientCredentialsFlow(app.client_id, app.client_secret)
        yield Salesforce(client, "https://acme.my.salesforce.com", auth)


async def test_queries_survive_an_expired_session(sf: Salesforce, org: Org) -> None:
    found = [each["Id"] async for each in sf.query("SELECT Id FROM Contact")]
    org.expire_sessions()
    again = [each["Id"] async for each in sf.query("SELECT Id FROM Contact", include_all_records=True)]
    assert found == again
    assert len(set(found)) == 2100
    assert (await sf.get_limits())["DailyApiRequests"]["Max"] == 15000


async def test_records(sf: Salesforce) -> None:
    record_id = await sf.sobject.create("Account", {"Name": "Acme"})
    await sf.sobject.update("Account", record_id, {"Site": "HQ"})
    assert (await sf.sobject.get("Account", record_id, fields=["Site"]))["Site"] == "HQ"
    upserted = await sf.sobject.upsert("Account", "A1", "External_Id__c", {"Name": "Other"})
    assert upserted.created
    await sf.sobject.delete("Account", record_id)
    with pytest.raises(SalesforceError, match="entity is deleted"):
        await sf.sobject.delete("Account", record_id)


async def test_composite(sf: Salesforce) -> None:
    async with sf.composite(all_or_none=True, autoraise=True) as composite:
        account = composite.sobject.create("Account", {"Name": "Acme"})
        contact = composite.sobject.create("Contact", {"LastName": "Ono", "AccountId": str(account.reference.id)})
    assert (await sf.sobject.get("Contact", contact.id))["AccountId"] == account.id
    async with sf.composite.batch(autoraise=True) as batch:
        query = batch.query("SELECT COUNT(Id) n FROM Contact")
        other = batch.sobject.create("Contact", {"LastName": "Oda"})
    assert query.records[0]["n"] == 2101
    assert other.id
