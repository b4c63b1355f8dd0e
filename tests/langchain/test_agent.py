"""A real agent loop of LangChain, with a model that follows a script, keeps answering while the org ends its session."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import ToolException
from pydantic import Field

import orgkey_simple_salesforce
from orgkey_langchain import SalesforceTool, SalesforceToolkit

agents = pytest.importorskip("langchain.agents", reason="LangChain's agents need langchain-core 1")
from langgraph.graph import START, MessagesState, StateGraph  # noqa: E402  # after the question whether it is there
from langgraph.prebuilt import ToolNode  # noqa: E402

QUESTION = {"messages": [HumanMessage("How many contacts are there?")]}


class Scripted(BaseChatModel):
    """Calls tools as its script says, then answers with what the last one said."""

    script: list[dict[str, Any]]
    seen: list[BaseMessage] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        self.seen[:] = messages
        turn = sum(isinstance(message, AIMessage) for message in messages)
        if turn < len(self.script):
            message = AIMessage("", tool_calls=[{"id": str(turn), "type": "tool_call", **self.script[turn]}])
        else:
            message = AIMessage(f"The answer: {messages[-1].content}")
        return ChatResult(generations=[ChatGeneration(message=message)])


def counting(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "args": {"query": "SELECT COUNT() FROM Contact", **arguments}}


DROP_IN = counting("salesforce", operation="query")


@pytest.fixture(params=["invoke", "ainvoke"])
def ask(request):
    """Ask an agent either way."""

    async def ask(agent):
        answer = getattr(agent, request.param)(QUESTION)
        return await answer if request.param == "ainvoke" else answer

    return ask


async def test_the_drop_in_answers_across_an_expiry(auth, org, ask):
    org_ends_it = Expiring(org)
    model = Scripted(script=[DROP_IN, DROP_IN, DROP_IN])
    agent = agents.create_agent(model, [SalesforceTool(auth=auth, callbacks=[org_ends_it])])
    messages = (await ask(agent))["messages"]
    answers = [message for message in messages if isinstance(message, ToolMessage)]
    assert [message.status for message in answers] == ["success"] * 3
    assert all('"totalSize": 30' in message.content for message in answers)
    assert messages[-1].content.startswith("The answer: ")
    assert org_ends_it.ended == 3
    assert org.token_requests == 4


async def test_the_toolkit_answers_across_an_expiry_and_the_model_mends_its_query(auth, org, ask):
    wrong = {"name": "salesforce_query", "args": {"query": "SELECT LastNam FROM Contact"}}
    model = Scripted(script=[wrong, counting("salesforce_query")])
    tools = SalesforceToolkit(auth).get_tools()
    org_ends_it = Expiring(org)
    for tool in tools:
        tool.callbacks = [org_ends_it]
    messages = (await ask(agents.create_agent(model, tools)))["messages"]
    first, second = (message for message in messages if isinstance(message, ToolMessage))
    assert (first.status, second.status) == ("error", "success")
    assert "Perhaps LastName" in first.content
    assert '"total": 30' in second.content
    assert org_ends_it.ended == 2


async def test_a_dead_grant_ends_the_agent_and_is_not_told_to_the_model(auth, org, ask):
    tool = SalesforceTool(auth=auth, handle_tool_error=True)
    org.user("agent@acme.example").deactivate()
    model = Scripted(script=[DROP_IN])
    with pytest.raises(orgkey_simple_salesforce.LoginFailed) as failed:
        await ask(agents.create_agent(model, [tool]))
    assert failed.value.diagnosis.cause.id == "USER_INACTIVE"
    assert not [message for message in model.seen if isinstance(message, ToolMessage)]


def test_a_graph_is_told_which_exceptions_are_for_the_model(auth, org):
    """ToolNode shows all of them to the model where it is told ``True``, as langgraph before 1.0 is by default."""
    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode([SalesforceTool(auth=auth)], handle_tool_errors=(ToolException,)))
    graph.add_edge(START, "tools")
    run = graph.compile().invoke
    wrong = {"name": "salesforce", "args": {"operation": "query", "query": "SELECT Nothing FROM Contact"}}
    assert "No such column" in run(asking(wrong))["messages"][-1].content
    org.user("agent@acme.example").deactivate()
    org.expire_sessions()
    with pytest.raises(orgkey_simple_salesforce.LoginFailed):
        run(asking(DROP_IN))


def asking(call: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [AIMessage("", tool_calls=[{"id": "1", "type": "tool_call", **call}])]}


class Expiring(BaseCallbackHandler):
    """Ends every session of the org when a tool starts."""

    def __init__(self, org: Any) -> None:
        self._org = org
        self.ended = 0

    def on_tool_start(self, *args: Any, **kwargs: Any) -> None:
        self.ended += 1
        self._org.expire_sessions()
