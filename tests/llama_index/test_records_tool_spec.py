"""SalesforceRecordsToolSpec: its tools as an agent calls them, its guards, and nothing but what was meant."""

from __future__ import annotations

import inspect

import pytest

import orgkey
from orgkey_llama_index import SalesforceRecordsToolSpec
from orgkey_records import Records


@pytest.fixture
def tools(auth):
    spec = SalesforceRecordsToolSpec(auth, allow={"create", "update", "upsert", "delete"})
    return {tool.metadata.name: tool for tool in spec.to_tool_list()}


async def both(tool, **arguments):
    """The answer, which is the same either way."""
    answer = tool.call(**arguments).raw_output
    assert (await tool.acall(**arguments)).raw_output == answer
    return answer


def test_only_reads_are_there_unless_writes_are_allowed_by_name(auth):
    names = [tool.metadata.name for tool in SalesforceRecordsToolSpec(auth).to_tool_list()]
    assert not [name for name in names if name.endswith(("create_record", "update_record", "delete_record"))]
    allowed = SalesforceRecordsToolSpec(auth, allow={"update"}).to_tool_list()
    assert [tool.metadata.name for tool in allowed][len(names) :] == ["update_record"]


def test_each_tool_has_a_typed_schema_and_both_ways(tools):
    for name, tool in tools.items():
        parameters = tool.metadata.get_parameters_dict()
        assert parameters["type"] == "object", name
        assert len(tool.metadata.description) < 1024
        assert inspect.iscoroutinefunction(tool.async_fn)
    assert tools["get_record"].metadata.get_parameters_dict()["required"] == ["object_name", "record_id"]


async def test_reading(tools):
    rows = await both(tools["execute_soql"], query="SELECT Id, Name, Account.Name FROM Contact LIMIT 2")
    assert rows["total"] == 2
    record_id = rows["records"][0]["Id"]
    record = await both(tools["get_record"], object_name="Contact", record_id=record_id, fields=["Name"])
    assert record == {"Name": rows["records"][0]["Name"]}
    assert "LastName" in str(await both(tools["describe_object"], object_name="Contact"))
    assert await both(tools["list_objects"], containing="contact")
    assert "records" in await both(tools["execute_sosl"], search="FIND {Anvil} RETURNING Contact(Id)")
    text = await both(tools["read_long_text"], object_name="Contact", record_id=record_id, field="LastName")
    assert text["length"] > 0


async def test_writing(tools):
    made = tools["create_record"].call(object_name="Contact", values={"LastName": "Hara"}).raw_output
    await tools["update_record"].acall(object_name="Contact", record_id=made["id"], values={"LastName": "O'Hara"})
    found = await both(tools["execute_soql"], query="SELECT Id FROM Contact WHERE LastName = 'O\\'Hara'")
    assert [row["Id"] for row in found["records"]] == [made["id"]]
    assert (await tools["delete_record"].acall(object_name="Contact", record_id=made["id"])).raw_output == made
    assert (
        "Error: " in tools["upsert_record"].call(object_name="Contact", field="No__c", value="1", values={}).raw_output
    )


async def test_an_allow_list_holds_inside_soql_too(auth):
    spec = SalesforceRecordsToolSpec(auth, objects={"Contact"})
    for answer in (
        spec.execute_soql("SELECT Id FROM User"),
        await spec.aexecute_soql("SELECT Account.Name FROM Contact"),
    ):
        assert answer.startswith("Error: ")
        assert "not permitted" in answer


async def test_a_dead_grant_raises(auth, org, tools):
    org.user("agent@acme.example").deactivate()
    org.expire_sessions()
    with pytest.raises(orgkey.TokenRequestError):
        await tools["execute_soql"].acall(query="SELECT Id FROM Contact")


def test_the_program_may_bring_records_of_its_own(auth):
    records = Records(auth, allow={"delete"})
    spec = SalesforceRecordsToolSpec(records=records)
    assert spec.spec_functions[-1] == "delete_record"
    assert spec.sf.query("SELECT COUNT() FROM Contact")["totalSize"] == 30


async def test_another_person_asks_with_a_session_of_his_own(auth, org):
    org.create_user("jane@acme.example")
    org.app("Acme Agent").approve(org.user("jane@acme.example"))
    janes = SalesforceRecordsToolSpec(auth, allow={"delete"}).as_user("jane@acme.example")
    assert janes.spec_functions[-1] == "delete_record"
    org.clear_log()
    assert (await janes.aexecute_soql("SELECT Id FROM Contact LIMIT 1"))["total"] == 1
    assert {entry.username for entry in org.log if entry.endpoint == "rest"} == {"jane@acme.example"}
