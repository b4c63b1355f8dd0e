"""A real FunctionAgent with a scripted model: its tool calls survive the end of the org's sessions."""

from __future__ import annotations

import pytest
from scripted_llm import ScriptedLLM

from orgkey_llama_index import SalesforceToolSpec

try:
    from llama_index.core.agent.workflow import FunctionAgent
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
    org.user("agent@acme.example").deactivate()
    org.expire_sessions()
    await ask(spec, ("execute_soql", {"query": QUERY}))
    assert auth.failure is not None
    assert auth.failure.diagnosis.cause.id == "USER_INACTIVE"
