"""SalesforceToolSpec by itself: logins, both ways of asking, lost sessions, and clients of others."""

from __future__ import annotations

import asyncio
import threading

import pytest

import orgkey
from orgkey_llama_index import SalesforceToolSpec
from orgkey_simple_salesforce import LoginFailed, LoginNotConfigured, PasswordLoginRemoved

QUERY = "SELECT Id FROM Contact LIMIT 3"


def test_without_arguments_the_settings_say_how_to_log_in(configured):
    assert SalesforceToolSpec().execute_soql(QUERY)["totalSize"] == 3


def test_a_password_is_ignored_with_a_warning_where_there_is_something_better(configured, canary):
    with pytest.warns(orgkey.PasswordIgnoredWarning, match="not sent"):
        spec = SalesforceToolSpec(
            username="agent@acme.example", password=canary("password"), security_token=canary("security token")
        )
    assert spec.execute_soql(QUERY)["totalSize"] == 3
    assert configured.org.count(grant="password") == configured.org.count(endpoint="soap_login") == 0


def test_a_password_alone_is_refused_and_the_message_says_what_to_set(canary):
    with pytest.raises(PasswordLoginRemoved, match="SALESFORCE_PRIVATE_KEY_FILE"):
        SalesforceToolSpec(username="a@b.example", password=canary("password"), security_token=canary("token"))


def test_with_nothing_at_all_it_says_so():
    with pytest.raises(LoginNotConfigured):
        SalesforceToolSpec()


def test_each_tool_has_both_ways(spec):
    assert spec.spec_functions == ["execute_sosl", "execute_soql"]
    tools = {tool.metadata.name: tool for tool in spec.to_tool_list()}
    assert list(tools) == spec.spec_functions
    for name, tool in tools.items():
        assert tool.fn == getattr(spec, name)
        assert tool.async_fn == getattr(spec, f"a{name}")


def test_pairs_and_single_names_may_be_asked_for(spec):
    for wanted in (["execute_soql"], [("execute_soql", "aexecute_soql")]):
        (tool,) = spec.to_tool_list(wanted)
        assert tool.metadata.name == "execute_soql"


def test_a_subclass_adds_functions_of_its_own(auth):
    class More(SalesforceToolSpec):
        spec_functions = [*SalesforceToolSpec.spec_functions, "count_contacts"]  # noqa: RUF012  # as LlamaIndex has it

        def count_contacts(self) -> int:
            """How many there are."""
            return self.execute_soql("SELECT COUNT() FROM Contact")["totalSize"]

    assert [tool.metadata.name for tool in More(auth=auth).to_tool_list()][-1] == "count_contacts"


async def test_asking_does_not_block_the_event_loop(spec, org):
    await spec.aexecute_soql(QUERY)
    org.faults.add("rest", delay=0.5)
    asked = asyncio.create_task(spec.aexecute_soql(QUERY))
    turns = 0
    while not asked.done():
        turns += 1
        await asyncio.sleep(0.01)
    assert turns > 20
    assert (await asked)["totalSize"] == 3


async def test_further_pages_survive_a_dead_session(spec, org):
    org.records.load_contacts(4_500, owner_id=org.user("agent@acme.example").id)
    org.expire_sessions()
    for answer in (spec.execute_soql("SELECT Id FROM Contact"), await spec.aexecute_soql("SELECT Id FROM Contact")):
        assert answer["totalSize"] == len({row["Id"] for row in answer["records"]}) == 4_530
        assert answer["done"] is True


async def test_a_dead_grant_raises_and_is_no_text_for_a_model(spec, org):
    org.user("agent@acme.example").deactivate()
    org.expire_sessions()
    with pytest.raises(LoginFailed) as blocking:
        spec.execute_soql(QUERY)
    with pytest.raises(LoginFailed) as asynchronous:
        await spec.aexecute_sosl("FIND {Anvil}")
    for failure in (blocking.value, asynchronous.value):
        assert failure.diagnosis.permanent
    assert spec.sf.auth.failure is not None


async def test_a_client_of_others_is_asked_on_a_thread(spec, foreign_client):
    threads = []
    spec.sf = foreign_client
    original = foreign_client.query_all
    foreign_client.query_all = lambda query: threads.append(threading.current_thread()) or original(query)
    assert (await spec.aexecute_soql(QUERY))["totalSize"] == 3
    assert threads != [threading.main_thread()]


@pytest.mark.parametrize("given", [None, 5, "", "DROP TABLE x", "SELECT \0", {"query": "SELECT Id FROM Contact"}])
async def test_what_is_no_statement_is_answered_with_words_and_not_sent(spec, org, given):
    org.clear_log()
    for text in (spec.execute_soql(given), await spec.aexecute_soql(given)):
        assert text.startswith("Error running SOQL query: ")
    assert org.count(endpoint="rest") == 0


def test_importing_the_package_loads_no_framework(tmp_path):
    import subprocess
    import sys

    code = "import sys, orgkey_llama_index; print(*({'llama_index', 'simple_salesforce', 'httpx2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == []
