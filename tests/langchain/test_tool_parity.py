"""SalesforceTool beside the real langchain-salesforce 0.2.2: the same for the model, the same for the program."""

from __future__ import annotations

import inspect
import json
from unittest.mock import MagicMock

import pytest
import simple_salesforce
from langchain_core.utils.function_calling import convert_to_openai_tool

from orgkey_langchain import SalesforceQueryInput, SalesforceTool

upstream = pytest.importorskip(
    "langchain_salesforce", reason="langchain-salesforce does not install beside this langchain-core"
)

QUERY = {"operation": "query", "query": "SELECT Id, Name, Account.Name FROM Contact ORDER BY Id LIMIT 5"}
READS = [
    QUERY,
    {"operation": "query", "query": "SELECT COUNT() FROM Contact"},
    {"operation": "describe", "object_name": "Contact"},
    {"operation": "list_objects"},
    {"operation": "get_field_metadata", "object_name": "Contact", "field_name": "Email"},
]
INCOMPLETE = [
    {"operation": "fly"},
    {"operation": "query"},
    {"operation": "describe"},
    {"operation": "create", "object_name": "Contact"},
    {"operation": "create", "record_data": {"LastName": "Hara"}},
    {"operation": "update", "object_name": "Contact", "record_data": {"LastName": "Hara"}},
    {"operation": "delete", "object_name": "Contact"},
    {"operation": "get_field_metadata", "object_name": "Contact"},
    {"operation": "get_field_metadata", "object_name": "Contact", "field_name": "Nobody"},
]
UNUSABLE = ["a text", None, [1, 2], {"query": "SELECT Id FROM Contact"}]
REFUSED = [
    {"operation": "query", "query": "SELECT Nothing FROM Contact"},
    {"operation": "create", "object_name": "Contact", "record_data": {"FirstName": "no last name"}},
    {"operation": "describe", "object_name": "Nothing"},
    {"operation": "delete", "object_name": "Contact", "record_id": "003000000000001AAA"},
]


def test_the_model_sees_the_same_tool_byte_for_byte(tool, theirs):
    ours = json.dumps(convert_to_openai_tool(tool))
    assert ours == json.dumps(convert_to_openai_tool(theirs))
    assert '"required": ["operation"]' in ours


def test_name_description_and_schema_are_the_same(tool, theirs):
    assert (tool.name, tool.description) == (theirs.name, theirs.description)
    assert json.dumps(SalesforceQueryInput.model_json_schema()) == json.dumps(
        upstream.tools.SalesforceQueryInput.model_json_schema()
    )


def test_the_five_positional_arguments_come_in_the_same_order():
    ours, theirs = (list(inspect.signature(kind).parameters) for kind in (SalesforceTool, upstream.SalesforceTool))
    assert ours[:5] == theirs == ["username", "password", "security_token", "domain", "salesforce_client"]


@pytest.mark.parametrize("call", READS, ids=lambda call: json.dumps(call)[:60])
async def test_reading_gives_the_same_either_way(tool, theirs, call):
    expected = theirs.invoke(call)
    assert json.dumps(tool.invoke(call)) == json.dumps(expected)
    assert json.dumps(await tool.ainvoke(call)) == json.dumps(expected)


async def test_writing_gives_the_same_either_way(tool, theirs):
    created = [
        theirs.invoke({"operation": "create", "object_name": "Contact", "record_data": {"LastName": "Theirs"}}),
        tool.invoke({"operation": "create", "object_name": "Contact", "record_data": {"LastName": "Ours"}}),
        await tool.ainvoke({"operation": "create", "object_name": "Contact", "record_data": {"LastName": "Async"}}),
    ]
    assert [{**answer, "id": ""} for answer in created] == [{"id": "", "success": True, "errors": []}] * 3
    change = {"operation": "update", "object_name": "Contact", "record_data": {"FirstName": "Ana"}}
    changes = [change | {"record_id": answer["id"]} for answer in created]
    assert theirs.invoke(changes[0]) == tool.invoke(changes[1]) == await tool.ainvoke(changes[2]) == 204
    ends = [{"operation": "delete", "object_name": "Contact", "record_id": answer["id"]} for answer in created]
    assert theirs.invoke(ends[0]) == tool.invoke(ends[1]) == await tool.ainvoke(ends[2]) == 204
    names = tool.invoke({"operation": "query", "query": "SELECT Id FROM Contact WHERE FirstName = 'Ana'"})
    assert names["totalSize"] == 0


@pytest.mark.parametrize("call", [*INCOMPLETE, *UNUSABLE], ids=lambda call: json.dumps(call)[:60])
async def test_bad_input_has_the_same_words(tool, theirs, call):
    with pytest.raises(ValueError, match=r".") as expected:
        theirs.invoke(call)
    with pytest.raises(ValueError, match=r".") as ours:
        tool.invoke(call)
    assert str(ours.value) == str(expected.value)
    with pytest.raises(ValueError, match=r".") as ours:
        await tool.ainvoke(call)
    assert str(ours.value) == str(expected.value)


@pytest.mark.parametrize("call", REFUSED, ids=lambda call: json.dumps(call)[:60])
async def test_what_salesforce_refuses_is_the_same_exception(tool, theirs, call):
    with pytest.raises(simple_salesforce.SalesforceError) as expected:
        theirs.invoke(call)
    kind, content = type(expected.value), expected.value.content
    with pytest.raises(kind) as blocking:
        tool.invoke(call)
    with pytest.raises(kind) as asynchronous:
        await tool.ainvoke(call)
    for error in (blocking.value, asynchronous.value):
        assert (error.status, error.content) == (expected.value.status, content)
        assert content[0]["message"].splitlines()[-1][:40] in str(error)


@pytest.mark.parametrize("kind", [SalesforceTool, upstream.SalesforceTool], ids=["ours", "theirs"])
def test_their_own_tests_style_of_mock_works(kind):
    client = MagicMock(spec=simple_salesforce.Salesforce)
    client.Account = MagicMock()
    client.query.return_value = {"totalSize": 1, "records": []}
    client.Account.describe.return_value = {"fields": [{"name": "Name"}]}
    client.Account.create.return_value = {"id": "1", "success": True}
    tool = kind(username="test", password="test", security_token="test", salesforce_client=client)
    assert tool.invoke({"operation": "query", "query": "SELECT Id FROM Account"})["totalSize"] == 1
    assert tool.invoke({"operation": "describe", "object_name": "Account"}) == {"fields": [{"name": "Name"}]}
    assert tool.invoke({"operation": "create", "object_name": "Account", "record_data": {"Name": "A"}})["success"]
    assert tool._sf.Account.describe.called
    client.Account.create.assert_called_once_with({"Name": "A"})


def test_an_object_that_is_like_a_tool_call_is_taken(tool, theirs):
    call = MagicMock(args=QUERY, id="1")
    call.name = "salesforce"
    assert json.dumps(tool.invoke(call)) == json.dumps(theirs.invoke(call))
