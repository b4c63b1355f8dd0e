"""The toolkit: typed tools, read-only unless asked, errors that a model can act on."""

from __future__ import annotations

import json

import pytest
from langchain_core.messages import ToolMessage
from langchain_core.utils.function_calling import convert_to_openai_tool

import orgkey
import orgkey_records
from orgkey_langchain import SalesforceToolkit

READING = {
    "salesforce_query", "salesforce_query_all", "salesforce_search", "salesforce_describe", "salesforce_list_objects", "salesforce_get",
    "salesforce_long_text",
}  # fmt: skip


def named(toolkit):
    return {tool.name: tool for tool in toolkit.get_tools()}


def call(tool, arguments):
    return tool.invoke({"type": "tool_call", "name": tool.name, "id": "1", "args": arguments})


async def acall(tool, arguments):
    return await tool.ainvoke({"type": "tool_call", "name": tool.name, "id": "1", "args": arguments})


def test_it_reads_only_unless_writes_are_asked_for_by_name(auth):
    assert named(SalesforceToolkit(auth)).keys() == READING
    assert named(SalesforceToolkit(auth, allow={"update"})).keys() == READING | {"salesforce_update"}
    hints = {
        name: tool.metadata["readOnlyHint"] for name, tool in named(SalesforceToolkit(auth, allow=["delete"])).items()
    }
    assert hints == dict.fromkeys(READING, True) | {"salesforce_delete": False}


def test_every_argument_is_typed_and_explained(auth):
    for tool in SalesforceToolkit(auth, allow={"create", "update", "upsert", "delete"}).get_tools():
        parameters = convert_to_openai_tool(tool)["function"]["parameters"]["properties"]
        assert all(each.get("description") for each in parameters.values()), tool.name
        assert len(tool.description) > 20


async def test_an_agents_day(auth):
    tools = named(SalesforceToolkit(auth, allow={"create", "update", "delete"}))
    made = json.loads(
        call(tools["salesforce_create"], {"object_name": "Contact", "values": {"LastName": "Hara"}}).content
    )
    changed = await acall(
        tools["salesforce_update"], {"object_name": "Contact", "record_id": made["id"], "values": {"Title": "CTO"}}
    )
    assert changed.status == "success"
    rows = json.loads(
        call(tools["salesforce_query"], {"query": "SELECT Id, Title FROM Contact WHERE LastName = 'Hara'"}).content
    )
    assert rows == {"total": 1, "records": [{"Id": made["id"], "Title": "CTO"}]}
    assert call(tools["salesforce_delete"], {"object_name": "Contact", "record_id": made["id"]}).status == "success"


async def test_what_is_wrong_comes_back_with_what_would_do(auth):
    tools = named(SalesforceToolkit(auth))
    for message in (
        call(tools["salesforce_query"], {"query": "SELECT LastNam FROM Contact"}),
        await acall(tools["salesforce_query"], {"query": "SELECT LastNam FROM Contact"}),
    ):
        assert isinstance(message, ToolMessage)
        assert message.status == "error"
        assert "Perhaps LastName" in message.content


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("salesforce_query", {}, "query: Field required"),
        ("salesforce_query", {"query": ["SELECT"]}, "query: Input should be a valid string"),
        ("salesforce_query", {"query": "SELECT Id FROM Contact", "max_rows": -1}, "max_rows"),
        ("salesforce_query", {"query": "DROP TABLE Contact"}, "must begin with SELECT"),
        ("salesforce_get", {"object_name": "Contact", "record_id": "me@acme.example"}, "an e-mail address is none"),
        ("salesforce_describe", {"object_name": "__class__"}, "no object name"),
    ],
)
async def test_arguments_that_do_not_fit_are_explained(auth, name, arguments, said):
    tool = named(SalesforceToolkit(auth))[name]
    for message in (call(tool, arguments), await acall(tool, arguments)):
        assert (message.status, said in message.content) == ("error", True), message.content


def test_the_allow_list_of_objects_holds(auth):
    tools = named(SalesforceToolkit(auth, objects={"Account"}))
    message = call(tools["salesforce_query"], {"query": "SELECT Id FROM Contact"})
    assert message.status == "error"
    assert "Permitted objects: Account" in message.content


async def test_a_dead_grant_is_never_told_to_the_model(auth, org):
    tool = named(SalesforceToolkit(auth))["salesforce_query"]
    assert call(tool, {"query": "SELECT Id FROM Contact"}).status == "success"
    org.user("agent@acme.example").deactivate()
    for attempt in (call, acall):
        with pytest.raises(orgkey.TokenRequestError) as failed:
            await attempt(tool, {"query": "SELECT Id FROM Contact"})
        assert failed.value.diagnosis.cause.id == "USER_INACTIVE"


def test_tools_act_as_another_person(auth, org):
    org.create_user("jane@acme.example")
    tools = named(SalesforceToolkit(auth, allow={"create"}).as_user("jane@acme.example"))
    made = json.loads(
        call(tools["salesforce_create"], {"object_name": "Contact", "values": {"LastName": "Hers"}}).content
    )
    author = orgkey_records.Records(auth).get("Contact", made["id"], ["CreatedBy.Username"])
    assert author == {"CreatedBy.Username": "jane@acme.example"}


def test_without_a_session_the_settings_say_how_to_log_in(configured):
    assert call(named(SalesforceToolkit())["salesforce_list_objects"], {}).status == "success"
