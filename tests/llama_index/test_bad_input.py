"""Whatever a model gives a tool: words that it can read, nothing sent that was not meant, nothing lost."""

from __future__ import annotations

import asyncio

import pytest
from hostile import ANYTHING, FEW, TRICKS, check_what_was_sent
from hypothesis import given
from hypothesis import strategies as st

import orgkey
import orgkey_sim
from orgkey_llama_index import SalesforceRecordsToolSpec, SalesforceToolSpec


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
def tools(auth):
    every = SalesforceRecordsToolSpec(auth, allow={"create", "update", "upsert", "delete"})
    return [*SalesforceToolSpec(auth=auth).to_tool_list(), *every.to_tool_list()]


def contacts(auth):
    return SalesforceToolSpec(auth=auth).execute_soql("SELECT COUNT() FROM Contact")["totalSize"]


def check_answers(tool, arguments):
    """Either way it is what Salesforce holds, or a text that says what is wrong and is no echo. Nothing is raised."""
    for answer in (tool.call(**arguments).raw_output, asyncio.run(tool.acall(**arguments)).raw_output):
        if isinstance(answer, str):
            assert answer.startswith("Error")
            assert len(answer) < 20_000


@FEW
@given(number=st.integers(0, 11), data=st.data())
def test_every_tool(tools, org, auth, number, data):
    tool = tools[number]
    before, records = len(org.log), contacts(auth)
    arguments = {name: data.draw(ANYTHING) for name in tool.metadata.get_parameters_dict()["properties"]}
    check_answers(tool, arguments)
    check_what_was_sent(org, before)
    assert contacts(auth) >= records


def test_every_tool_is_among_them(tools):
    assert len(tools) == 12


@pytest.mark.parametrize("trick", TRICKS, ids=lambda text: ascii(text)[:24])
def test_a_trick_in_every_place_of_every_tool(tools, org, auth, trick):
    before, records = len(org.log), contacts(auth)
    for tool in tools:
        names = tool.metadata.get_parameters_dict()["properties"]
        for shape in (trick, {trick: trick}, [trick], {"deep": {"er": [trick]}}):
            check_answers(tool, dict.fromkeys(names, shape))
    check_what_was_sent(org, before)
    assert contacts(auth) == records
