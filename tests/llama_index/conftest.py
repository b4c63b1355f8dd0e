"""LlamaIndex's tools at a local Salesforce, beside llama-index's own where they are installed."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import llama_index_loaded  # noqa: F401  # before anything else loads it
import pytest
import simple_salesforce
from requests.adapters import HTTPAdapter

import orgkey
import orgkey_sim
from orgkey_llama_index import SalesforceToolSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import App, Org, World

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
    monkeypatch.setenv("SALESFORCE_LOGIN_URL", app.org.login_url)
    monkeypatch.setenv("ORGKEY_ALLOW_LOOPBACK_HTTP", "1")
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", app.client_id)
    monkeypatch.setenv("SALESFORCE_USERNAME", "agent@acme.example")
    monkeypatch.setenv("SALESFORCE_PRIVATE_KEY_FILE", app.private_key_file)
    return app


@pytest.fixture
def spec(auth: orgkey.OrgSession) -> SalesforceToolSpec:
    return SalesforceToolSpec(auth=auth)


class PlainLoopback(HTTPAdapter):
    """Sends by http what simple-salesforce wrote https before, as it does for further pages."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


@pytest.fixture
def foreign_client(auth: orgkey.OrgSession) -> simple_salesforce.Salesforce:
    """simple-salesforce's own client with a fixed token, called by plain http."""
    client = simple_salesforce.Salesforce(session_id=auth.token().reveal(), instance_url=auth.instance_url)
    client.session.mount("https://", PlainLoopback())
    return client
