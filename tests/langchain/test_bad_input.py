"""Whatever a model gives a tool: an error that it can read, nothing sent that was not meant, nothing lost."""

from __future__ import annotations

import asyncio

import pytest
from hostile import ANYTHING, FEW, TRICKS, check_what_was_sent
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.tools import ToolException
from pydantic import ValidationError

import orgkey
import orgkey_sim
from orgkey_langchain import SalesforceTool, SalesforceToolkit

OPERATIONS = [
    "query",
    "describe",
    "list_objects",
    "create",
    "update",
    "delete",
    "get_field_metadata",
    "fly",
    "__init__",
]
NAMES = [
    "operation",
    "object_name",
    "query",
    "record_data",
    "record_id",
    "field_name",
    "fields",
    "values",
    "field",
    "value",
    "text",
    "objects",
    "start",
    "max_rows",
    "containing",
]


@pytest.fixture(scope="module")
def org():
    with orgkey_sim.World() as world:
        yield world.create_org("hostile", contacts=20)


@pytest.fixture(scope="module")
def auth(org):
    app = org.create_app("Agent", run_as=org.create_user("agent@acme.example"), scopes={"api"})
    return orgkey.connect(
        login_url=org.login_url, client_id=app.client_id, client_secret=app.client_secret, allow_loopback_http=True
    )


@pytest.fixture(scope="module")
def drop_in(auth):
    return SalesforceTool(auth=auth)


@pytest.fixture(scope="module")
def tools(auth):
    return SalesforceToolkit(auth, allow={"create", "update", "upsert"}).get_tools()


def contacts(auth):
    return SalesforceTool(auth=auth).invoke({"operation": "query", "query": "SELECT COUNT() FROM Contact"})["totalSize"]


def outcome(attempt, arguments):
    """What a call gives, as text: an answer, or an error that a model may read. Anything else is raised."""
    try:
        return repr(attempt(arguments))
    except (ToolException, ValidationError) as error:
        return str(error)


@FEW
@given(
    arguments=st.dictionaries(st.sampled_from(NAMES[:6]), ANYTHING, max_size=6), operation=st.sampled_from(OPERATIONS)
)
def test_the_drop_in(drop_in, org, arguments, operation):
    if operation == "delete":
        arguments.pop("record_id", None)
    before = len(org.log)
    for attempt in (drop_in.invoke, lambda given: asyncio.run(drop_in.ainvoke(given))):
        assert outcome(attempt, {"operation": operation, **arguments}) not in {None, ""}
    check_what_was_sent(org, before)


@FEW
@given(arguments=st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=8), number=st.integers(0, 9))
def test_every_tool_of_the_toolkit(tools, org, arguments, number):
    tool = tools[number]
    before = len(org.log)
    for attempt in (tool.invoke, lambda given: asyncio.run(tool.ainvoke(given))):
        message = attempt({"type": "tool_call", "name": tool.name, "id": "1", "args": dict(arguments)})
        assert message.status in {"success", "error"}
        assert len(message.content) < 20_000
    check_what_was_sent(org, before)


@pytest.mark.parametrize("trick", TRICKS, ids=lambda text: ascii(text)[:24])
def test_a_trick_in_every_place_of_every_tool(tools, drop_in, org, auth, trick):
    before, records = len(org.log), contacts(auth)
    for tool in tools:
        properties = tool.args_schema.model_json_schema()["properties"]
        shapes = {"string": trick, "object": {trick: trick}, "array": [trick], "integer": 1}
        arguments = {name: shapes.get(each.get("type", "array"), [trick]) for name, each in properties.items()}
        if tool.name in {"salesforce_create", "salesforce_upsert"}:
            arguments["values"] = {trick: "x"}
        message = tool.invoke({"type": "tool_call", "name": tool.name, "id": "1", "args": arguments})
        assert message.content
        assert len(message.content) < 20_000
    for operation in OPERATIONS:
        arguments = dict.fromkeys(NAMES[1:6], trick) | {"operation": operation, "record_data": {trick: trick}}
        assert outcome(drop_in.invoke, arguments) not in {None, ""}
    check_what_was_sent(org, before)
    assert contacts(auth) == records
