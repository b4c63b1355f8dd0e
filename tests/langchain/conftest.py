"""LangChain's tools at a local Salesforce, beside langchain-salesforce's where it is installed."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import simple_salesforce

import orgkey
import orgkey_sim
from orgkey_langchain import SalesforceTool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import App, Org, World


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let LangChain's older tools be shown: they look at their own models in a way that pydantic warns of by now."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore:Accessing the 'model_:DeprecationWarning"))


_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with orgkey_sim.World() as world:
        yield world


@pytest.fixture
def org(world: World) -> Org:
    org = world.create_org(f"acme{next(_NUMBERS)}", contacts=30)
    org.create_user("agent@acme.example")
    return org


@pytest.fixture
def app(org: Org) -> App:
    return org.create_app("Acme Agent", run_as=org.user("agent@acme.example"), scopes={"api"})


@pytest.fixture
def auth(app: App) -> orgkey.OrgSession:
    return orgkey.connect(
        login_url=app.org.login_url,
        client_id=app.client_id,
        username="agent@acme.example",
        private_key=app.private_key_pem,
        allow_loopback_http=True,
    )


@pytest.fixture
def configured(app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    """The environment of a program that is set up for JWT Bearer."""
    for name, value in environment_of(app).items():
        monkeypatch.setenv(name, value)
    return app


def environment_of(app: App) -> dict[str, str]:
    return {
        "SALESFORCE_LOGIN_URL": app.org.login_url,
        "ORGKEY_ALLOW_LOOPBACK_HTTP": "1",
        "SALESFORCE_CLIENT_ID": app.client_id,
        "SALESFORCE_USERNAME": "agent@acme.example",
        "SALESFORCE_PRIVATE_KEY_FILE": app.private_key_file,
    }


@pytest.fixture
def tool(auth: orgkey.OrgSession) -> SalesforceTool:
    return SalesforceTool(auth=auth)


@pytest.fixture
def foreign_client(auth: orgkey.OrgSession) -> Any:
    """simple-salesforce's own client with a fixed token, which it calls by plain http."""
    client = simple_salesforce.Salesforce(session_id=auth.token().reveal(), instance_url=auth.instance_url)
    for name in ("base_url", "bulk_url", "tooling_url"):
        setattr(client, name, getattr(client, name).replace("https://", "http://"))
    client.session.mount("https://", PlainLoopback())
    return client


@pytest.fixture
def theirs(foreign_client: Any) -> Any:
    """langchain-salesforce's tool on the same org."""
    upstream = pytest.importorskip("langchain_salesforce")
    return upstream.SalesforceTool("agent@acme.example", "unused", "unused", salesforce_client=foreign_client)


class PlainLoopback(simple_salesforce.api.requests.adapters.HTTPAdapter):
    """Sends by http what simple-salesforce wrote https before: object types have a URL of their own."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)
