"""The loader: lazily, from a watermark, in constant memory."""

from __future__ import annotations

import tracemalloc

import orgkey
import orgkey_records
from orgkey_langchain import SalesforceLoader


async def test_documents_come_lazily_either_way(auth):
    loader = SalesforceLoader("Contact", ["Name", "Email"], ["Account.Name"], session=auth)
    documents = loader.load()
    assert documents == [document async for document in loader.alazy_load()]
    assert documents == await loader.aload()
    assert len({document.id for document in documents}) == 30
    first = documents[0]
    assert first.page_content.startswith("Name: ")
    assert first.metadata["source"] == first.metadata["url"] == f"{auth.instance_url}/{first.id}"
    assert set(first.metadata) == {"Id", "object", "url", "source", "SystemModstamp", "Account.Name"}


def test_only_what_changed_comes_again(auth, tmp_path):
    records = orgkey_records.Records(auth, allow={"create"})

    def load():
        return SalesforceLoader("Contact", ["Name"], session=auth, watermark=tmp_path / "contacts.json").load()

    assert len(load()) == 30
    assert load() == []
    made = records.create("Contact", {"LastName": "New"})["id"]
    assert [document.id for document in load()] == [made]
    assert load() == []


def test_a_session_that_ends_in_the_middle_is_renewed_for(world, auth, org):
    count = 0
    for _ in SalesforceLoader("Contact", ["Name"], session=auth).lazy_load():
        count += 1
        org.expire_sessions()
    assert count == 30


def test_memory_stays_constant(world):
    org = world.create_org("large", contacts=30_000)
    app = org.create_app("Large", scopes={"api"})
    session = orgkey.connect(
        login_url=org.login_url, client_id=app.client_id, client_secret=app.client_secret, allow_loopback_http=True
    )
    growth, count = [], 0
    tracemalloc.start()
    try:
        for _ in SalesforceLoader("Contact", ["Name", "Email"], session=session).lazy_load():
            count += 1
            if count % 10_000 == 5_000:
                growth.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert count == 30_000
    assert growth[-1] - growth[0] < 10 * 1024 * 1024
