"""What the core's tests share: an org on loopback, sessions in it, and a clock that both go by."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fake_clock import FakeClock

import orgkey
from orgkey_sim import VirtualClock, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orgkey_sim import App, Org, User

    Environment = Callable[..., None]


signer = cache(orgkey.load_signer)


class LogIn(Protocol):
    """Makes a session: ``log_in(required_scopes="api")``. Nothing is sent yet."""

    def __call__(self, app: App | None = None, /, *, grant: str = "jwt_bearer", **options: Any) -> orgkey.OrgSession:
        """``options`` are those of :class:`orgkey.SessionOptions`, and ``login_url``, ``username``, ``clock``."""
        ...


@pytest.fixture
def clock() -> FakeClock:
    """The time of the client and of the org alike."""
    return FakeClock()


@pytest.fixture
def world(clock: FakeClock) -> Iterator[World]:
    with World(clock=VirtualClock(clock.now)) as world:
        yield world


@pytest.fixture
def org(world: World) -> Org:
    return world.create_org("acme", kind="sandbox")


@pytest.fixture
def agent(org: Org) -> User:
    return org.create_user("agent@acme.example")


@pytest.fixture
def app(org: Org, agent: User) -> App:
    return org.create_app("Agent", run_as=agent)


@pytest.fixture
def log_in(app: App, agent: User, clock: FakeClock) -> LogIn:
    default = app

    def make(app: App | None = None, /, *, grant: str = "jwt_bearer", **options: Any) -> orgkey.OrgSession:
        app = app or default
        username = options.pop("username", agent.username)
        login_url = options.pop("login_url", app.org.login_url)
        time = options.pop("clock", clock)
        how: orgkey.Grant
        if grant == "jwt_bearer":
            key = signer(app.private_key_pem)
            how = orgkey.JWTBearer(app.client_id, username, key, client_secret=app.client_secret)
        else:
            how = orgkey.ClientCredentials(app.client_id, app.client_secret)
        options = {"allow_loopback_http": True, **options}
        return orgkey.OrgSession(how, login_url, orgkey.SessionOptions(**options), clock=time)

    return make


@pytest.fixture
def session(log_in: LogIn) -> orgkey.OrgSession:
    return log_in()


@pytest.fixture(scope="session")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def key_pem(private_key: rsa.RSAPrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return private_key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Sets SALESFORCE_ variables: ``environment(client_id="x")``; names in capitals are taken as they are."""

    def set_variables(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name if name.isupper() else f"SALESFORCE_{name.upper()}", value)

    return set_variables


@pytest.fixture
def no_key_stays(tmp_path: Path) -> Iterator[None]:
    """Key files hold a secret by design; all else that setup wrote is searched for secrets at the end of the suite."""
    yield
    for key in tmp_path.rglob("*.key"):
        key.unlink()
