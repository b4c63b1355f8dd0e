"""What SalesforceTool does beyond langchain-salesforce: no password, renewal, tool calls, callbacks, guards."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
import time
import warnings
from typing import Annotated
from unittest.mock import MagicMock

import langchain_core.globals
import pytest
import simple_salesforce
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import ToolMessage
from langchain_core.tools import InjectedToolArg, ToolException
from langchain_core.tracers.context import collect_runs
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel

import orgkey
import orgkey_langchain.tools
import orgkey_simple_salesforce
from orgkey_langchain import SalesforceQueryInput, SalesforceTool, ToolInputRefused

QUERY = {"operation": "query", "query": "SELECT Id FROM Contact LIMIT 1"}


class Listening(BaseCallbackHandler):
    def __init__(self):
        self.heard = []

    def on_tool_start(self, serialized, input_str, **kwargs):
        self.heard.append("start")

    def on_tool_end(self, output, **kwargs):
        self.heard.append("end")

    def on_tool_error(self, error, **kwargs):
        self.heard.append("error")


def call(arguments):
    return {"type": "tool_call", "name": "salesforce", "id": "1", "args": arguments}


async def test_a_tool_call_gives_a_tool_message(tool):
    for message in (tool.invoke(call(QUERY)), await tool.ainvoke(call(QUERY))):
        assert isinstance(message, ToolMessage)
        assert message.tool_call_id == "1"
        assert json.loads(message.content)["totalSize"] == 1


async def test_callbacks_hear_of_every_call(auth):
    listening = Listening()
    tool = SalesforceTool(auth=auth, callbacks=[listening])
    tool.invoke(QUERY)
    await tool.ainvoke(QUERY)
    with pytest.raises(ToolException):
        tool.invoke({"operation": "describe", "object_name": "Nothing"})
    assert listening.heard == ["start", "end"] * 2 + ["start", "error"]


@pytest.mark.filterwarnings("ignore:The `copy` method is deprecated")  # so the collector of LangChain 0.3 copies runs
@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
async def test_tracing_has_the_call_with_its_answer(tool, way):
    with collect_runs() as runs:
        answer = getattr(tool, way)(QUERY, {"run_name": "count", "tags": ["nightly"]})
        answer = await answer if way == "ainvoke" else answer
    (run,) = runs.traced_runs
    assert (run.run_type, run.name, run.error) == ("tool", "count", None)
    assert "nightly" in run.tags
    assert QUERY["query"] in str(run.inputs)
    assert answer["records"][0]["Id"] in str(run.outputs)


def test_debugging_prints_the_call_and_no_token(tool, auth, capsys):
    langchain_core.globals.set_debug(True)
    try:
        tool.invoke(QUERY)
    finally:
        langchain_core.globals.set_debug(False)
    printed = capsys.readouterr().out
    assert "[tool/end]" in printed  # its [tool/start] fails on LangChain's own tools too
    assert "totalSize" in printed
    assert auth.token().reveal() not in printed


class Telling(SalesforceTool):
    """A subclass that asks LangChain for its run manager, and passes on all that it is given."""

    def _run(self, operation, run_manager=None, **rest):
        run_manager.on_text(f"about to {operation}")
        return super()._run(operation, run_manager=run_manager, **rest)


def test_a_subclass_may_ask_for_the_run_manager(auth):
    heard = []
    listening = Listening()
    listening.on_text = lambda text, **_: heard.append(text)
    assert Telling(auth=auth, callbacks=[listening]).invoke(QUERY)["totalSize"] == 1
    assert heard == ["about to query"]


class Attributed(SalesforceQueryInput):
    """A schema with an argument that the program gives, and not the model."""

    asked_by: Annotated[str, InjectedToolArg] = ""


class Attributing(SalesforceTool):
    args_schema: type[BaseModel] = Attributed

    def _run(self, operation, asked_by="", **rest):
        return asked_by, super()._run(operation, **rest)


def test_a_subclass_may_have_arguments_that_the_model_is_not_shown(auth):
    tool = Attributing(auth=auth)
    shown = convert_to_openai_tool(tool)["function"]["parameters"]["properties"]
    assert shown == convert_to_openai_tool(SalesforceTool(auth=auth))["function"]["parameters"]["properties"]
    assert tool.invoke(QUERY | {"asked_by": "jane"})[0] == "jane"


async def test_answers_are_plain_dicts_either_way(tool):
    for answer in (tool.invoke(QUERY), await tool.ainvoke(QUERY)):
        assert {type(part) for part in (answer, *answer["records"], answer["records"][0]["attributes"])} == {dict}


@pytest.mark.parametrize(
    "arguments",
    [
        {"operation": "fly"},
        {"operation": "query", "query": "SELECT Nothing FROM Contact"},
        {"operation": "describe", "object_name": "session"},
    ],
    ids=["unknown", "refused", "no object"],
)
async def test_handle_tool_error_works(auth, arguments):
    tool = SalesforceTool(auth=auth, handle_tool_error=True)
    for message in (tool.invoke(call(arguments)), await tool.ainvoke(call(arguments))):
        assert message.status == "error"
        assert any(word in message.content for word in ("fly", "Nothing", "session"))


def test_the_model_is_shown_salesforces_own_words(auth):
    tool = SalesforceTool(auth=auth, handle_tool_error=True)
    shown = tool.invoke({"operation": "query", "query": "SELECT Nothing FROM Contact"})
    assert "No such column 'Nothing'" in shown


@pytest.mark.parametrize(
    "name",
    [
        "__class__",
        "session",
        "bulk",
        "bulk2",
        "query",
        "session_id",
        "headers",
        "_headers",
        "auth",
        "../limits",
        "Contact/describe",
    ],
)
async def test_a_name_that_is_no_object_is_refused(tool, org, name):
    before = len(org.log)
    arguments = {"operation": "describe", "object_name": name}
    with pytest.raises(ToolInputRefused):
        tool.invoke(arguments)
    with pytest.raises(ToolInputRefused):
        await tool.ainvoke(arguments)
    assert len(org.log) == before


@pytest.mark.parametrize("record_id", ["../../limits", "003/../../x", "a b", "", "%2e%2e", {"x": 1}])
async def test_a_text_that_is_no_id_is_refused(tool, org, record_id):
    before = len(org.log)
    arguments = {"operation": "delete", "object_name": "Contact", "record_id": record_id}
    for attempt in (tool.invoke, tool.ainvoke):
        with pytest.raises(ValueError, match=r"record|validation"):
            await attempt(arguments)
    assert len(org.log) == before


async def test_a_dead_session_is_renewed_for_either_way(tool, org):
    tool.invoke(QUERY)
    org.expire_sessions()
    assert tool.invoke(QUERY)["totalSize"] == 1
    org.expire_sessions()
    assert (await tool.ainvoke(QUERY))["totalSize"] == 1


async def test_a_herd_on_a_dead_session_makes_one_token_request(tool, org):
    await tool.ainvoke(QUERY)
    org.expire_sessions()
    before = org.token_requests
    answers = await asyncio.gather(*(tool.ainvoke(QUERY) for _ in range(100)))
    assert {answer["totalSize"] for answer in answers} == {1}
    assert org.token_requests == before + 1


async def test_a_dead_grant_raises_with_its_diagnosis_and_is_never_told_to_the_model(auth, app, org):
    tool = SalesforceTool(auth=auth, handle_tool_error=True)
    org.user("agent@acme.example").deactivate()
    for attempt in (tool.invoke, tool.ainvoke):
        with pytest.raises(orgkey_simple_salesforce.LoginFailed) as failed:
            await attempt(call(QUERY))
        assert failed.value.diagnosis.cause.id == "USER_INACTIVE"
        assert not isinstance(failed.value, ToolException)


@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
async def test_either_way_a_session_that_stays_dead_raises_with_its_diagnosis(tool, org, way):
    org.faults.add(
        "rest",
        status=401,
        body='[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]',
        content_type="application/json",
        times=None,
    )
    with pytest.raises(simple_salesforce.SalesforceExpiredSession) as failed:
        await getattr(tool, way)(QUERY)
    assert failed.value.diagnosis.cause.id == "FRESH_TOKEN_REJECTED"
    assert not isinstance(failed.value, ToolException)


async def test_asynchronous_calls_do_not_block_the_loop(tool, org):
    await tool.ainvoke(QUERY)
    org.faults.add("rest", delay=0.3, times=None)
    asleep, beats = asyncio.create_task(tool.ainvoke(QUERY)), 0
    while not asleep.done():
        await asyncio.sleep(0.01)
        beats += 1
    assert asleep.result()["totalSize"] == 1
    assert beats >= 10  # a blocked loop has 1


async def test_a_client_of_others_runs_on_a_thread(foreign_client, org):
    tool = SalesforceTool("agent@acme.example", "unused", "unused", "login", foreign_client)
    assert tool._sf is foreign_client
    org.faults.add("rest", delay=0.3, times=None)
    waiting, beats = asyncio.create_task(tool.ainvoke(QUERY)), 0
    while not waiting.done():
        await asyncio.sleep(0.01)
        beats += 1
    assert waiting.result()["totalSize"] == 1
    assert beats >= 10


async def test_no_renewal_is_promised_for_a_client_of_others(foreign_client, org):
    tool = SalesforceTool(salesforce_client=foreign_client)
    org.expire_sessions()
    for attempt in (tool.invoke, tool.ainvoke):
        with pytest.raises(simple_salesforce.SalesforceExpiredSession):
            await attempt(QUERY)


def test_without_arguments_the_settings_say_how_to_log_in(configured):
    tool = SalesforceTool()
    assert isinstance(tool._sf, simple_salesforce.Salesforce)
    assert tool._sf.query("SELECT Id FROM Contact LIMIT 1")["totalSize"] == 1
    assert tool._sf.Account.describe()["name"] == "Account"


def test_a_password_is_ignored_where_there_are_other_credentials(configured, org, canary):
    password = canary("password")
    with pytest.warns(orgkey.PasswordIgnoredWarning) as told:
        tool = SalesforceTool("agent@acme.example", password, canary("security token"))
    assert told[0].filename == f"<{__file__}>"
    assert tool.invoke(QUERY)["totalSize"] == 1


def test_a_password_alone_is_refused_with_instructions(canary):
    with pytest.raises(orgkey_simple_salesforce.PasswordLoginRemoved, match="SALESFORCE_PRIVATE_KEY_FILE"):
        SalesforceTool("agent@acme.example", canary("password"), canary("security token"))


def test_every_setting_of_a_tool_can_be_given(auth):
    tool = SalesforceTool(auth=auth, tags=["crm"], metadata={"a": 1}, verbose=False, return_direct=True, name="crm")
    assert (tool.tags, tool.return_direct, tool.name) == (["crm"], True, "crm")


def test_a_failure_survives_pickling(tool):
    with pytest.raises(simple_salesforce.SalesforceMalformedRequest) as failed:
        tool.invoke({"operation": "query", "query": "SELECT Nothing FROM Contact"})
    copy = pickle.loads(pickle.dumps(ToolInputRefused("no")))
    assert str(copy) == "no"
    assert isinstance(failed.value, ToolException)


def test_what_does_not_answer_is_a_tool_error(tool, org):
    org.faults.add("rest", drop="before", times=None)
    with pytest.raises(ToolException):
        tool.invoke(QUERY)


def test_nothing_of_a_password_is_in_the_tool(configured, canary):
    password = canary("password")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", orgkey.PasswordIgnoredWarning)
        tool = SalesforceTool("agent@acme.example", password, "unused")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # an old tool's repr beside a new pydantic
        assert password not in repr(tool) + repr(tool._sf) + str(vars(tool)) + str(tool.model_dump())


def test_a_stand_in_of_a_test_is_used_as_it_is():
    client = MagicMock(spec=simple_salesforce.Salesforce)
    client.query.return_value = {"totalSize": 7}
    started = time.monotonic()
    assert asyncio.run(SalesforceTool(salesforce_client=client).ainvoke(QUERY)) == {"totalSize": 7}
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
async def test_an_api_that_is_closed_is_not_told_to_the_model(auth, org, way):
    tool = SalesforceTool(auth=auth, handle_tool_error=True)
    closed = '[{"errorCode":"API_DISABLED_FOR_ORG","message":"The API is disabled"}]'
    org.faults.add("rest", status=403, body=closed, content_type="application/json")
    with pytest.raises(simple_salesforce.exceptions.SalesforceRefusedRequest) as failed:
        await getattr(tool, way)(call(QUERY))
    assert not isinstance(failed.value, ToolException)


@pytest.mark.parametrize("kind", [SalesforceTool, orgkey_langchain.tools.SalesforceQuery], ids=["drop-in", "toolkit"])
async def test_a_tool_can_be_copied_and_sent_to_another_process(configured, kind):
    tool = kind()
    query = {"query": "SELECT Id FROM Contact LIMIT 1"} | ({"operation": "query"} if kind is SalesforceTool else {})
    for other in (copy.copy(tool), copy.deepcopy(tool), tool.model_copy(), pickle.loads(pickle.dumps(tool))):
        assert other.invoke(query) == await other.ainvoke(query) == tool.invoke(query)


def test_a_tool_with_secrets_of_the_program_is_not_pickled(tool):
    with pytest.raises(TypeError):
        pickle.dumps(tool)
