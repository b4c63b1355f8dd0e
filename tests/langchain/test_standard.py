"""LangChain's own standard tests on every tool, as they are: nothing is overridden, nothing is expected to fail."""

from __future__ import annotations

import pytest
from langchain_core.tools import BaseTool

import orgkey
import orgkey_sim
from orgkey_langchain import SalesforceTool, SalesforceToolkit
from orgkey_langchain.tools import TOOLS
from orgkey_records import Records

standard = pytest.importorskip(
    "langchain_tests.unit_tests", reason="langchain-tests of this langchain-core has another name"
)
from langchain_tests.integration_tests import ToolsIntegrationTests  # noqa: E402  # after the question whether it is there
from langchain_tests.unit_tests import ToolsUnitTests  # noqa: E402


class Place:
    """The local org that the classes below share; their properties are asked before any fixture is."""

    world: orgkey_sim.World
    session: orgkey.OrgSession
    environment: dict[str, str]
    contact: str


@pytest.fixture(scope="module", autouse=True)
def place():
    with orgkey_sim.World() as world:
        org = world.create_org("standard", contacts=20)
        app = org.create_app("Standard", run_as=org.create_user("agent@acme.example"), scopes={"api"})
        Place.environment = {
            "SALESFORCE_LOGIN_URL": org.login_url,
            "ORGKEY_ALLOW_LOOPBACK_HTTP": "1",
            "SALESFORCE_CLIENT_ID": app.client_id,
            "SALESFORCE_CLIENT_SECRET": app.client_secret,
        }
        Place.session = orgkey.connect(
            login_url=org.login_url, client_id=app.client_id, client_secret=app.client_secret, allow_loopback_http=True
        )
        found = SalesforceTool(auth=Place.session).invoke(
            {"operation": "query", "query": "SELECT Id FROM Contact LIMIT 1"}
        )
        Place.contact = found["records"][0]["Id"]
        yield


class DropIn:
    @property
    def tool_constructor(self) -> type[BaseTool]:
        return SalesforceTool

    @property
    def tool_constructor_params(self) -> dict[str, object]:
        return {"auth": Place.session}

    @property
    def tool_invoke_params_example(self) -> dict[str, object]:
        return {"operation": "query", "query": "SELECT Id, Name FROM Contact LIMIT 3"}

    @property
    def init_from_env_params(self):
        return Place.environment, {}, {"name": "salesforce"}


class TestDropInUnit(DropIn, ToolsUnitTests):
    pass


class TestDropInIntegration(DropIn, ToolsIntegrationTests):
    pass


EXAMPLES = {
    "salesforce_query": lambda: {"query": "SELECT Id, Account.Name FROM Contact"},
    "salesforce_query_all": lambda: {"query": "SELECT Id FROM Contact"},
    "salesforce_search": lambda: {"text": "example", "objects": {"Contact": ["Id", "Email"]}},
    "salesforce_describe": lambda: {"object_name": "Contact"},
    "salesforce_list_objects": lambda: {"containing": "acc"},
    "salesforce_get": lambda: {"object_name": "Contact", "record_id": Place.contact, "fields": ["Name"]},
    "salesforce_long_text": lambda: {"object_name": "Contact", "record_id": Place.contact, "field": "Description"},
    "salesforce_create": lambda: {"object_name": "Contact", "values": {"LastName": "Hara"}},
    "salesforce_update": lambda: {"object_name": "Contact", "record_id": Place.contact, "values": {"FirstName": "Ana"}},
    "salesforce_upsert": lambda: {
        "object_name": "Contact", "field": "External_Id__c", "value": "A-1", "values": {"LastName": "Hara"},
    },
    "salesforce_delete": lambda: {"object_name": "Contact", "record_id": Place.contact},
}  # fmt: skip


def standard_classes(name):
    """Both standard classes for one tool of the toolkit."""

    class OneTool:
        @property
        def tool_constructor(self):
            return next(kind for kind in TOOLS if kind.model_fields["name"].default == name)

        @property
        def tool_constructor_params(self):
            return {"records": Records(Place.session, allow={"create", "update", "upsert", "delete"})}

        @property
        def tool_invoke_params_example(self):
            return EXAMPLES[name]()

    title = name.title().replace("_", "")
    return {
        f"Test{title}{kind.__name__}": type(f"Test{title}{kind.__name__}", (OneTool, kind), {})
        for kind in (ToolsUnitTests, ToolsIntegrationTests)
    }


for each in EXAMPLES:
    globals().update(standard_classes(each))


def test_every_tool_is_among_them():
    tools = SalesforceToolkit(Place.session, allow={"create", "update", "upsert", "delete"}).get_tools()
    assert {tool.name for tool in tools} == EXAMPLES.keys()
