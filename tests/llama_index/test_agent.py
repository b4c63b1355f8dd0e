"""A real FunctionAgent with a scripted model: its tool calls survive the end of the org's sessions."""

from __future__ import annotations

import json

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.tools import ToolOutput
from scripted_llm import ScriptedLLM

import orgkey
from orgkey_llama_index import RaisesLostSession, SalesforceRecordsToolSpec, SalesforceToolSpec
from orgkey_simple_salesforce import LoginFailed

try:
    from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent, ReActAgent
except ImportError:
    pytest.skip("this llama-index-core has no FunctionAgent yet", allow_module_level=True)

# LlamaIndex's own agents look at models in ways that pydantic warns of.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

QUERY = "SELECT COUNT() FROM Contact"


async def ask(spec, *calls):
    llm = ScriptedLLM(calls=list(calls))
    agent = FunctionAgent(tools=spec.to_tool_list(), llm=llm, timeout=30)
    answer = str(await agent.run("How many contacts are there?"))
    return answer, llm


async def test_an_agent_answers_across_the_end_of_its_session(auth, org):
    spec = SalesforceToolSpec(auth=auth)
    before, _ = await ask(spec, ("execute_soql", {"query": QUERY}))
    org.expire_sessions()
    org.clear_log()
    after, _ = await ask(spec, ("execute_soql", {"query": QUERY}), ("execute_sosl", {"search": "FIND {Anvil}"}))
    assert before == after.partition("\n")[0]
    assert "totalSize" in before
    assert org.token_requests == 1


async def test_a_model_reads_what_is_wrong_with_its_query_and_tries_again(auth):
    spec = SalesforceToolSpec(auth=auth)
    answer, _ = await ask(
        spec, ("execute_soql", {"query": "SELECT Nothing FROM Contact"}), ("execute_soql", {"query": QUERY})
    )
    refusal, result = answer.split("\n")
    assert "INVALID_FIELD" in refusal
    assert "totalSize" in result


async def test_a_dead_grant_is_known_after_the_run(auth, org):
    """LlamaIndex's agents show a tool's exception to the model; the program learns it from the session."""
    spec = SalesforceToolSpec(auth=auth)
    kill_grant(org)
    await ask(spec, ("execute_soql", {"query": QUERY}))
    assert auth.failure is not None
    assert auth.failure.diagnosis.cause.id == "USER_INACTIVE"


needs_exceptions = pytest.mark.skipif(
    not hasattr(ToolOutput, "exception"), reason="this llama-index-core does not tell an agent what a tool raised"
)


class WritingLLM(ScriptedLLM):
    """Writes its calls into its text, as ReActAgent has it."""

    def _answer(self, messages):
        super()._answer(messages)  # which counts
        name, arguments = self.calls[0]
        text = f"Thought: I need a tool.\nAction: {name}\nAction Input: {json.dumps(arguments)}\n"
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text), delta=text)


@needs_exceptions
@pytest.mark.parametrize("in_workflow", [False, True], ids=["alone", "in a workflow"])
@pytest.mark.parametrize("kind", [(FunctionAgent, ScriptedLLM), (ReActAgent, WritingLLM)], ids=["function", "react"])
@pytest.mark.parametrize("spec", [SalesforceToolSpec, SalesforceRecordsToolSpec])
async def test_a_dead_grant_ends_the_run_and_no_model_is_told(auth, org, spec, kind, in_workflow):
    agent, model = kind

    class Agent(RaisesLostSession, agent):
        pass

    tools = (spec(auth=auth) if spec is SalesforceToolSpec else spec(auth)).to_tool_list()
    asked = ("execute_soql", {"query": QUERY})
    llm = model(calls=[asked, asked])
    agent = Agent(name="agent", description="asks", tools=tools, llm=llm, timeout=30)
    flow = AgentWorkflow(agents=[agent], timeout=30) if in_workflow else agent
    kill_grant(org)
    with pytest.raises((LoginFailed, orgkey.TokenRequestError)) as raised:
        await flow.run("How many contacts are there?")
    assert raised.value.diagnosis.cause.id == "USER_INACTIVE"
    assert llm.turns == 1


@needs_exceptions
async def test_such_an_agent_still_reads_what_is_wrong_with_its_query(auth):
    class Agent(RaisesLostSession, FunctionAgent):
        pass

    llm = ScriptedLLM(calls=[("execute_soql", {"query": "SELECT Nothing FROM Contact"})])
    agent = Agent(tools=SalesforceToolSpec(auth=auth).to_tool_list(), llm=llm, timeout=30)
    assert "INVALID_FIELD" in str(await agent.run("How many contacts are there?"))


def test_an_agent_that_cannot_know_what_was_raised_is_refused(monkeypatch):
    monkeypatch.delattr(ToolOutput, "exception", raising=False)
    with pytest.raises(ImportError, match=r"0\.14\.8 or later"):
        type("Agent", (RaisesLostSession, FunctionAgent), {})


def kill_grant(org):
    org.user("agent@acme.example").deactivate()
    org.expire_sessions()
