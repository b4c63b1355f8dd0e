"""SalesforceToolSpec beside the real llama-index-tools-salesforce 0.6.0: the same for the model and the program."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

from orgkey_llama_index import SalesforceToolSpec

upstream = pytest.importorskip(
    "llama_index.tools.salesforce", reason="llama-index-tools-salesforce does not install beside this llama-index-core"
)

SOQL = [
    "SELECT Id, Name, Account.Name FROM Contact ORDER BY Id LIMIT 5",
    "SELECT COUNT() FROM Contact",
    "SELECT Id FROM Contact WHERE LastName = 'nobody at all'",
    "SELECT Id, Name FROM Contact ORDER BY Id",
]
REFUSED = ["SELECT Nothing FROM Contact", "SELECT Id FROM Nothing", "SELECT Id FROM Contact WHERE"]
SOSL = ["FIND {Anvil} IN ALL FIELDS RETURNING Contact(Id, Name)", "FIND {nobody at all}"]


@pytest.fixture
def theirs(foreign_client: Any) -> Any:
    """llama-index's own tools on the same org. Its constructor takes no client."""
    theirs = object.__new__(upstream.SalesforceToolSpec)
    theirs.sf = foreign_client
    return theirs


def test_the_model_sees_the_same_tools_byte_for_byte(spec, theirs):
    ours = [json.dumps(tool.metadata.to_openai_tool()) for tool in spec.to_tool_list()]
    assert ours == [json.dumps(tool.metadata.to_openai_tool()) for tool in theirs.to_tool_list()]
    assert len(ours) == 2


def test_metadata_and_schema_are_the_same(spec, theirs):
    for ours, other in zip(spec.to_tool_list(), theirs.to_tool_list(), strict=True):
        assert (ours.metadata.name, ours.metadata.description, ours.metadata.return_direct) == (
            other.metadata.name,
            other.metadata.description,
            other.metadata.return_direct,
        )
        assert ours.metadata.fn_schema_str == other.metadata.fn_schema_str


def test_functions_and_signatures_are_the_same():
    assert SalesforceToolSpec.spec_functions == upstream.SalesforceToolSpec.spec_functions
    for name in [*upstream.SalesforceToolSpec.spec_functions, "__init__"]:
        ours, theirs = getattr(SalesforceToolSpec, name), getattr(upstream.SalesforceToolSpec, name)
        assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)
        assert ours.__doc__ == theirs.__doc__


@pytest.mark.parametrize("query", [*SOQL, *REFUSED])
async def test_a_query_gives_the_same_either_way(spec, theirs, query):
    expected = theirs.execute_soql(query)
    assert _shown(spec.execute_soql(query)) == _shown(expected)
    assert _shown(await spec.aexecute_soql(query)) == _shown(expected)


@pytest.mark.parametrize("search", [*SOSL, "FIND {x"])
async def test_a_search_gives_the_same_either_way(spec, theirs, search):
    expected = theirs.execute_sosl(search)
    assert _shown(spec.execute_sosl(search)) == _shown(expected)
    assert _shown(await spec.aexecute_sosl(search)) == _shown(expected)


async def test_what_an_agent_sees_of_an_answer_is_the_same(spec, theirs):
    (ours,), (other,) = (each.to_tool_list(["execute_soql"]) for each in (spec, theirs))
    expected = str(other.call(query=SOQL[0]))
    assert str(ours.call(query=SOQL[0])) == expected
    assert str(await ours.acall(query=SOQL[0])) == expected


def _shown(answer: Any) -> str:
    """The answer, with upstream's own error text cut where the URL begins, which differs by how it is quoted."""
    if isinstance(answer, str):
        return answer.partition(" http")[0] + answer.partition("Response content: ")[2]
    return json.dumps(answer)
