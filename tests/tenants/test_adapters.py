"""A tenant's session under every adapter: a query, a rotation in the middle, and the end of the grant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from simple_salesforce import SalesforceAuthenticationFailed

import orgkey
from orgkey_tenants import NeedsReauth, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers import Customer

    from orgkey_tenants import Tenants

QUERY = "SELECT Id FROM User LIMIT 1"


def simple_salesforce(session: orgkey.OrgSession) -> Callable[[], Any]:
    from orgkey_simple_salesforce import Salesforce

    sf = Salesforce(auth=session)
    return lambda: sf.query(QUERY)["records"]


def records(session: orgkey.OrgSession) -> Callable[[], Any]:
    from orgkey_records import Records

    held = Records(session)
    return lambda: held.soql(QUERY).records


def langchain(session: orgkey.OrgSession) -> Callable[[], Any]:
    pytest.importorskip("langchain_core", reason="langchain-core is not installed")
    from orgkey_langchain import SalesforceTool

    tool = SalesforceTool(auth=session, handle_tool_error=True)
    return lambda: tool.invoke({"operation": "query", "query": QUERY})["records"]


def llama_index(session: orgkey.OrgSession) -> Callable[[], Any]:
    pytest.importorskip("llama_index.core", reason="llama-index-core is not installed")
    import llama_index_loaded  # noqa: F401  # before anything else loads it

    from orgkey_llama_index import SalesforceToolSpec

    (tool,) = SalesforceToolSpec(auth=session).to_tool_list(["execute_soql"])
    return lambda: tool.call(query=QUERY).raw_output["records"]


@pytest.mark.parametrize("adapter", [simple_salesforce, records, langchain, llama_index])
def test_every_adapter_takes_a_tenants_session(
    tenants: Tenants, customer: Customer, adapter: Callable[[orgkey.OrgSession], Callable[[], Any]]
) -> None:
    ask = adapter(tenants.session(customer.tenant))
    assert len(ask()) == 1
    customer.org.expire_sessions()
    assert len(ask()) == 1
    assert (customer.sent(), tenants.get(customer.tenant).generation) == (2, 2)
    customer.org.revoke(customer.app)
    with pytest.raises((NeedsReauth, SalesforceAuthenticationFailed), match="reconnect") as ended:
        ask()
    # simple-salesforce's own exception where a program may catch that; it was raised from ours.
    assert isinstance(ended.value, NeedsReauth) or isinstance(ended.value.__cause__, NeedsReauth)
    assert tenants.get(customer.tenant).state is State.NEEDS_REAUTH
