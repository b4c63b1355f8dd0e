"""Every runnable case runs after a default fix: against a local Salesforce, which sees the right user and no password."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final
from unittest import mock

import corpus
import pytest
from inspection import Inspection
from test_corpus import exit_code, fresh_modules

import orgkey_sim

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpus import Case

    from orgkey_sim import App, World

CASES: Final = [case for case in corpus.load() if case.run]
AGENT: Final = "agent@acme.example"
LOGIN: Final = {
    "production": "https://acme.my.salesforce.com",
    "sandbox": "https://acme--uat.sandbox.my.salesforce.com",
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with orgkey_sim.World(contacts=3) as world:
        yield world


@pytest.fixture(scope="module")
def apps(world: World) -> dict[str, App]:
    """A production org and its sandbox, with the same user in both."""
    found = {}
    for kind, name in (("production", "acme"), ("sandbox", "acme--uat")):
        org = world.create_org(name, kind=kind)
        user = org.create_user(AGENT)
        found[kind] = org.create_app("Agent", run_as=user, scopes={"api", "openid"})
    return found


# a fix leaves domain="login" and "test" where they are; SALESFORCE_LOGIN_URL, the org's My Domain, decides
@pytest.mark.filterwarnings("ignore:domain= says:orgkey.SettingsWarning")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_runs_without_a_password(
    case: Case,
    world: World,
    apps: dict[str, App],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = case.run
    assert run is not None
    app = apps[run.org]
    case.lay_out(tmp_path)
    for path, content in Inspection(case).fixed().changed.items():
        (tmp_path / path).write_bytes(content)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SALESFORCE_", "SF_"))},
        "HTTPS_PROXY": world.proxy_url,
        "NO_PROXY": "127.0.0.1",
        "REQUESTS_CA_BUNDLE": world.ca_file,
        "SALESFORCE_CA_FILE": world.ca_file,
        "SALESFORCE_CLIENT_ID": app.client_id,
        "SALESFORCE_PRIVATE_KEY_FILE": app.private_key_file,
        "SALESFORCE_LOGIN_URL": LOGIN[run.org],
        **run.env,
        **dict.fromkeys(run.leftover, "unused"),
    }
    before = app.org.count(endpoint="token")
    monkeypatch.setattr(sys, "argv", [run.entry, *run.args])
    monkeypatch.setattr(sys, "path", [str((tmp_path / run.entry).parent), *sys.path])
    monkeypatch.chdir(tmp_path)
    with mock.patch.dict(os.environ, environment, clear=True), fresh_modules(tmp_path):
        assert not exit_code(tmp_path / run.entry)
    entries = [entry for entry in app.org.log if entry.endpoint == "token"]
    assert app.org.count(endpoint="token") > before
    assert entries[-1].username == run.acts_as
    assert "password" not in {entry.grant for entry in entries}
    assert not app.org.count(endpoint="soap_login")
