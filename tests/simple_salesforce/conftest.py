"""A client of simple-salesforce's drop-in at a local Salesforce, and tokens that die when told to."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from requests.adapters import HTTPAdapter

import orgkey
import orgkey_sim
from orgkey_simple_salesforce import Salesforce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orgkey_sim import App, Org, World

_NUMBERS = itertools.count(1)


class Recording(HTTPAdapter):
    """Remembers where calls went."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.urls.append(request.url)
        return super().send(request, *args, **kwargs)


class OneCallTokens(HTTPAdapter):
    """Ends every token after one call: each later call is rejected first, and gets through by its replay only."""

    def __init__(self, org: Org, auth: orgkey.OrgSession) -> None:
        super().__init__()
        self.deaths = 0
        self._org, self._auth = org, auth
        self._spent: orgkey.Token | None = None

    def send(self, *args: Any, **kwargs: Any) -> Any:
        token = self._auth.current
        if token is self._spent:
            self.deaths += self._org.expire_sessions()
        self._spent = token
        return super().send(*args, **kwargs)


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
    return org.create_app("Acme Agent", run_as=org.user("agent@acme.example"), scopes={"api", "openid"})


@pytest.fixture
def auth(app: App) -> orgkey.OrgSession:
    return orgkey.connect(
        login_url=app.org.login_url,
        client_id=app.client_id,
        client_secret=app.client_secret,
        allow_loopback_http=True,
    )


@pytest.fixture
def sf(auth: orgkey.OrgSession) -> Salesforce:
    return Salesforce(auth=auth)


@pytest.fixture
def mortal(sf: Salesforce, org: Org, auth: orgkey.OrgSession) -> OneCallTokens:
    """From here on each of the client's tokens is good for one call."""
    adapter = OneCallTokens(org, auth)
    sf.session.mount("http://", adapter)
    return adapter


@pytest.fixture
def recording(sf: Salesforce) -> Recording:
    """From here on, where the client's calls go."""
    adapter = Recording()
    sf.session.mount("http://", adapter)
    return adapter


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test on any attempt to connect."""

    def refuse(*_: object) -> None:
        pytest.fail("something was sent")

    monkeypatch.setattr(socket.socket, "connect", refuse)


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
def python(tmp_path: Path) -> Callable[..., str]:
    """Run code in a Python of its own and return what it printed: ``python(code, VARIABLE=...)``."""

    def run(code: str, **variables: str) -> str:
        environment = {**os.environ, **variables}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
