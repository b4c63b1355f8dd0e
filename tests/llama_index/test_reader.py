"""SalesforceReader: documents of records, increments, resources; in a real ingestion pipeline and index."""

from __future__ import annotations

import json

import pytest

import orgkey_records
from orgkey_llama_index import SalesforceReader


@pytest.fixture
def reader(auth):
    return SalesforceReader(session=auth, objects=["Contact"], content=["LastName", "Email"], metadata_fields=["Name"])


def test_a_document_is_a_record(reader, org):
    document = next(iter(reader.lazy_load_data()))
    assert document.metadata == {
        "Id": document.id_,
        "object": "Contact",
        "url": f"{org.login_url}/{document.id_}",
        "SystemModstamp": document.metadata["SystemModstamp"],
        "Name": document.metadata["Name"],
    }
    assert document.get_content().startswith("LastName: ")
    assert "Email: " in document.get_content()


def test_what_only_machines_need_is_kept_from_embeddings_and_prompts(reader):
    (document, *_) = reader.load_data()
    from llama_index.core.schema import MetadataMode

    for mode in (MetadataMode.LLM, MetadataMode.EMBED):
        shown = document.get_content(metadata_mode=mode)
        assert "SystemModstamp" not in shown
        assert document.metadata["Name"] in shown


async def test_tasks_get_the_same_documents(reader):
    expected = [document.to_dict() for document in reader.load_data()]
    assert len(expected) == 30
    assert [document.to_dict() for document in await reader.aload_data()] == expected


async def test_it_reads_on_when_the_session_ends_half_way(reader, org):
    documents = reader.lazy_load_data()
    first = next(documents)
    org.expire_sessions()
    assert len({first.id_, *(document.id_ for document in documents)}) == 30
    org.expire_sessions()
    assert len(await reader.aload_data()) == 30


def test_only_what_changed_is_read_again_in_another_process_too(reader, auth, tmp_path):
    settings = reader.to_dict() | {"watermark_file": str(tmp_path / "mark.json")}
    first = SalesforceReader(session=auth, **_fields(settings))
    assert len(first.load_data()) == 30
    assert SalesforceReader(session=auth, **_fields(settings)).load_data() == []
    changed = orgkey_records.Records(auth, allow={"create"}).create("Contact", {"LastName": "Newcomer"})
    (document,) = SalesforceReader(session=auth, **_fields(settings)).load_data()
    assert document.id_ == changed["id"]


def test_a_condition_takes_bound_values(auth):
    (name,) = {
        row["LastName"] for row in orgkey_records.Records(auth).soql("SELECT LastName FROM Contact LIMIT 1").records
    }
    where = orgkey_records.bind("LastName = :name", {"name": name})
    documents = SalesforceReader(session=auth, objects=["Contact"], content=["LastName"], where=where).load_data()
    assert {document.text for document in documents} == {name}


async def test_resources_are_objects(reader, auth):
    assert reader.list_resources() == await reader.alist_resources() == ["Contact"]
    assert "Account" in SalesforceReader(session=auth).list_resources()
    info = reader.get_resource_info("Contact")
    assert {field["name"] for field in info["fields"]} >= {"Id", "LastName"}
    assert await reader.aget_resource_info("Contact") == info
    assert len(reader.load_resource("Contact")) == len(await reader.aload_resource("Contact")) == 30
    assert set(reader.list_resources_with_info()) == {"Contact"}


def test_it_serialises_without_a_session_and_comes_back(reader, auth, configured):
    auth.token()
    text = json.dumps(reader.to_dict()) + repr(reader) + reader.to_json()
    for secret in (auth.token().reveal(), configured.private_key_pem[40:80], configured.client_secret):
        assert secret not in text
    again = SalesforceReader.from_dict(reader.to_dict())
    assert len(again.load_data()) == 30


def test_objects_must_be_named(auth):
    with pytest.raises(orgkey_records.InvalidInput, match="Say which objects"):
        SalesforceReader(session=auth).load_data()


def test_an_allow_list_holds_here_too(auth):
    records = orgkey_records.Records(auth, objects={"Account"})
    with pytest.raises(orgkey_records.NotAllowed):
        SalesforceReader(records=records, objects=["Contact"], content=["LastName"]).load_data()


async def test_permissions_of_an_object(reader):
    assert "query" in reader.get_permission_info("Contact")["can"]
    assert "query" in (await reader.aget_permission_info("Contact"))["can"]


async def test_permissions_of_a_record_are_what_salesforce_says_of_this_user(reader, org):
    first, second = (document.id_ for document in reader.load_data()[:2])
    agent = org.user("agent@acme.example").id
    org.records.put(
        "UserRecordAccess",
        org.records.new_id("0UR"),
        UserId=agent,
        RecordId=first,
        HasReadAccess=True,
        HasEditAccess=True,
        MaxAccessLevel="Edit",
    )
    info = reader.get_permission_info(first)
    assert info == await reader.aget_permission_info(first)
    assert (info["record"], info["HasEditAccess"], info["HasDeleteAccess"], info["MaxAccessLevel"]) == (
        first,
        True,
        False,
        "Edit",
    )
    assert reader.get_permission_info(second, user_id=agent)["HasReadAccess"] is False


def test_it_fills_an_index_through_a_real_pipeline(reader, org):
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import MockEmbedding
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter

    org.expire_sessions()
    pipeline = IngestionPipeline(transformations=[SentenceSplitter(chunk_size=256), MockEmbedding(embed_dim=8)])
    nodes = pipeline.run(documents=reader.load_data())
    index = VectorStoreIndex(nodes, embed_model=MockEmbedding(embed_dim=8))
    (found, *_) = index.as_retriever(similarity_top_k=3).retrieve("whoever")
    assert found.node.ref_doc_id == found.node.metadata["Id"]
    assert len({node.ref_doc_id for node in nodes}) == 30


def _fields(serialised):
    return {name: value for name, value in serialised.items() if name != "class_name"}
