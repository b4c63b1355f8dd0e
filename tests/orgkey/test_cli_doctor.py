"""``orgkey doctor``: whatever the local Salesforce or the network can do, it names the right cause first."""

from __future__ import annotations

import json
import os
import re
import socket
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from raw_server import RawServer, http
from refusals import expected_cause

from orgkey import plugins, sender
from orgkey.cli.app import run
from orgkey.doctor import network
from orgkey_sim import World
from orgkey_sim.oauth.errors import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orgkey_sim import App, Org, User
    from orgkey_sim.oauth.errors import Row

    Environment = Callable[..., None]

USERNAME = "agent@acme.example"
GRANTS = ("jwt_bearer", "client_credentials")
CHECKS = [
    *("settings", "key", "dns", "tcp", "tls", "clock", "token_url", "host"),
    *("token", "scopes", "org", "acts_as", "api", "query", "session"),
]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture
def org(world: World) -> Org:
    return world.create_org(f"acme{len(list(world))}")


@pytest.fixture
def user(org: Org) -> User:
    return org.create_user(USERNAME)


@pytest.fixture
def app(org: Org, user: User) -> App:
    return org.create_app("Agent", run_as=user)


@pytest.fixture
def configured(app: App, environment: Environment) -> Callable[[str], None]:
    """Puts the settings of one grant into the environment."""

    def configure(grant: str) -> None:
        environment(login_url=app.org.login_url, client_id=app.client_id, ORGKEY_ALLOW_LOOPBACK_HTTP="1", grant=grant)
        environment(client_secret=app.client_secret)
        if grant == "jwt_bearer":
            environment(username=USERNAME, private_key_file=app.private_key_file)

    return configure


class Examined:
    """One run of ``orgkey doctor --json``."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        self.code = run(["doctor", "--json", *arguments])
        self.report: Any = json.loads(capsys.readouterr().out)

    @property
    def cause(self) -> str:
        return str(self.report["cause"])

    @property
    def broken(self) -> str:
        return str(self.report["broken"])

    def __getitem__(self, check: str) -> Any:
        return next(each for each in self.report["checks"] if each["check"] == check)

    def status(self, check: str) -> str:
        return str(self[check]["status"])


@pytest.mark.parametrize("grant", GRANTS)
def test_a_healthy_org(org: Org, configured: Any, grant: str, capsys: pytest.CaptureFixture[str]) -> None:
    configured(grant)
    found = Examined(capsys)
    assert found.code == 0
    assert found.report["healthy"] is True
    assert [each["check"] for each in found.report["checks"]] == CHECKS
    assert {each["status"] for each in found.report["checks"]} <= {"ok", "not run"}
    assert found["acts_as"]["why"].startswith(f"acts as {USERNAME}")
    assert "120 minutes" in found["session"]["why"]
    assert "production" in found["query"]["why"]
    assert org.token_requests == 2  # the plain GET, and the one login
    assert sum(each["seconds"] for each in found.report["checks"]) < 2


def test_a_person_reads_it_too(configured: Any, app: App, capsys: pytest.CaptureFixture[str]) -> None:
    configured("jwt_bearer")
    assert run(["doctor"]) == 0
    healthy = capsys.readouterr().out
    assert "Who acts" in healthy
    app.org.provoke("user_not_admin_approved", app)
    assert run(["doctor"]) == 3
    ill = capsys.readouterr().out
    assert "USER_NOT_ADMIN_APPROVED" in ill
    assert "Permission Set Assignments" in re.sub(r"[│\s]+", " ", ill)
    assert "Token request comes first" in ill


@pytest.mark.parametrize("grant", GRANTS)
@pytest.mark.parametrize("row", [row for row in ROWS.values() if row.surface == "token"], ids=lambda row: row.id)
def test_every_error_the_token_endpoint_can_play(
    app: App, org: Org, configured: Any, *, row: Row, grant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(grant)
    fits = not row.grants or grant in row.grants
    if fits:
        org.provoke(row.id, app)
    else:
        org.refuse_next(row.id)  # an answer that belongs to another grant
    found = Examined(capsys)
    if row.id == "expired_assertion" and fits:
        assert (found.broken, found.cause) == ("clock", "CLOCK_SKEW")
        return
    if row.id == "authentication_failure" and fits:
        pytest.skip("played to password logins only")
    assert (found.broken, found.code) == ("token", 3)
    if fits:
        assert found.cause == expected_cause(row, grant)
    assert all(each["status"] == "not run" for each in found.report["checks"][9:])


def test_all_problems_of_the_settings_at_once(environment: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    environment(login_url="https://acme.example", private_key_file="/nowhere/server.key")
    found = Examined(capsys)
    assert (found.code, found.broken, found.cause) == (2, "settings", "SETTINGS_UNUSABLE")
    text = " ".join(found["settings"]["evidence"])
    for name in ("SALESFORCE_LOGIN_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_USERNAME", "/nowhere/server.key"):
        assert name in text
    assert {found.status(check) for check in CHECKS[1:]} == {"not run"}


# --- the key and its certificate


def write_pair(folder: Path, key: rsa.RSAPrivateKey, days: int, owner: rsa.RSAPrivateKey | None = None) -> Path:
    """A key file, and beside it a certificate for ``owner``'s key that ends in so many days."""
    given = folder / "given"
    given.mkdir()
    pem = serialization.Encoding.PEM
    file = given / "server.key"
    file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "agent")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key((owner or key).public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .sign(owner or key, hashes.SHA256())
    )
    (given / "server.crt").write_bytes(certificate.public_bytes(pem))
    return file


@pytest.mark.parametrize(
    ("days", "status", "cause"), [(300, "ok", None), (20, "warning", None), (-1, "failed", "CERTIFICATE_NOT_VALID")]
)
def test_the_dates_of_the_certificate(
    app: App,
    *,
    configured: Any,
    environment: Environment,
    private_key: rsa.RSAPrivateKey,
    tmp_path: Path,
    days: int,
    status: str,
    cause: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    configured("jwt_bearer")
    key = write_pair(tmp_path, private_key, days)
    environment(private_key_file=str(key))
    app.replace_certificate(key.with_suffix(".crt").read_text())
    found = Examined(capsys)
    assert found.status("key") == status
    assert found.report["cause"] == cause


def test_a_key_of_another_certificate(
    configured: Any,
    environment: Environment,
    private_key: rsa.RSAPrivateKey,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    configured("jwt_bearer")
    other = rsa.generate_private_key(65537, 2048)
    environment(private_key_file=str(write_pair(tmp_path, private_key, 300, owner=other)))
    found = Examined(capsys)
    assert (found.code, found.broken, found.cause) == (2, "key", "ASSERTION_INVALID")
    assert any("server.crt" in fact for fact in found["key"]["evidence"])


def test_a_certificate_that_is_none(configured: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configured("jwt_bearer")
    (tmp_path / "x.crt").write_text("nothing")
    found = Examined(capsys, "--certificate", str(tmp_path / "x.crt"))
    assert (found.broken, found.cause) == ("key", "SETTINGS_UNUSABLE")
    assert "openssl x509 -inform DER" in " ".join(found["key"]["evidence"])
    found = Examined(capsys, "--certificate", str(tmp_path / "y.crt"))
    assert "Check the path and its permissions." in " ".join(found["key"]["evidence"])


# --- the way there


def test_a_name_that_does_not_resolve(configured: Any, environment: Environment, capsys: Any) -> None:
    configured("jwt_bearer")
    environment(login_url="https://nowhere.my.salesforce.com")
    found = Examined(capsys)
    assert (found.broken, found.cause) == ("dns", "ENDPOINT_UNREACHABLE_DNS")
    later = CHECKS[CHECKS.index("dns") + 1 :]
    assert {found.status(check) for check in later} == {"not run"}


def closed_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def test_a_port_where_nothing_listens(configured: Any, environment: Environment, capsys: Any) -> None:
    configured("jwt_bearer")
    environment(login_url=f"http://127.0.0.1:{closed_port()}")
    found = Examined(capsys)
    assert (found.broken, found.cause) == ("tcp", "ENDPOINT_UNREACHABLE_REFUSED")


def test_a_certificate_authority_nobody_trusts(
    world: World, configured: Any, environment: Environment, capsys: Any
) -> None:
    configured("jwt_bearer")
    environment(login_url=world.https_url)
    found = Examined(capsys)
    assert (found.broken, found.cause) == ("tls", "ENDPOINT_UNREACHABLE_TLS")
    assert any("issued by" in fact for fact in found["tls"]["evidence"])  # who opens TLS here


def through_proxy(world: World, org: Org, environment: Environment, proxy: str) -> None:
    sender._sender.cache_clear()  # a client keeps the proxy that it was made with
    environment(login_url=f"https://{org.my_domain}", ca_file=world.ca_file, HTTPS_PROXY=proxy)


def test_the_way_through_a_proxy(
    world: World, org: Org, configured: Any, environment: Environment, capsys: Any
) -> None:
    configured("jwt_bearer")
    through_proxy(world, org, environment, world.proxy_url)
    found = Examined(capsys)
    assert (found.code, found.cause) == (0, "None")
    assert "proxy" in found["tls"]["why"]


def test_a_proxy_that_is_not_there(
    world: World, org: Org, configured: Any, environment: Environment, capsys: Any
) -> None:
    configured("jwt_bearer")
    through_proxy(world, org, environment, f"http://127.0.0.1:{closed_port()}")
    found = Examined(capsys)
    assert (found.broken, found.cause) == ("tcp", "ENDPOINT_UNREACHABLE_PROXY")


def test_a_proxy_that_refuses(world: World, org: Org, configured: Any, environment: Environment, capsys: Any) -> None:
    configured("jwt_bearer")
    with RawServer(http(407, "who are you?")) as proxy:
        through_proxy(world, org, environment, proxy.url)
        found = Examined(capsys)
    assert (found.broken, found.cause) == ("tls", "ENDPOINT_UNREACHABLE_PROXY")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (
            http(200, "<html>Please log in to the hotel's network</html>", content_type="text/html"),
            "TOKEN_ANSWER_UNUSABLE",
        ),
        (http(400, '{"detail": "Bad request"}', content_type="application/json"), "TOKEN_ANSWER_UNUSABLE"),
        (http(400, '{"error": "Bad request"}', content_type="application/json"), "TOKEN_ANSWER_UNUSABLE"),
        (http(400, '{"error": {"code": 400}}', content_type="application/json"), "TOKEN_ANSWER_UNUSABLE"),
        (http(302, "", location="https://portal.example/"), "TOKEN_ENDPOINT_REDIRECT"),
        (http(503, "<html>Down</html>", content_type="text/html"), "SALESFORCE_UNAVAILABLE"),
    ],
)
def test_somebody_else_answers_at_the_token_url(
    configured: Any, environment: Environment, answer: bytes, cause: str, capsys: Any
) -> None:
    configured("jwt_bearer")
    with RawServer(answer) as server:
        environment(login_url=server.url)
        found = Examined(capsys)
    assert (found.broken, found.cause) == ("token_url", cause)


@pytest.mark.parametrize("skew", [3600.0, -3600.0])
def test_a_clock_that_is_wrong(org: Org, configured: Any, skew: float, capsys: Any) -> None:
    configured("jwt_bearer")
    org.policies.clock_skew_seconds = skew
    found = Examined(capsys)
    assert (found.broken, found.cause) == ("clock", "CLOCK_SKEW")
    configured("client_credentials")
    found = Examined(capsys)
    assert (found.code, found.status("clock")) == (0, "warning")


def test_a_host_that_belongs_to_no_org(
    world: World, org: Org, app: App, *, configured: Any, environment: Environment, capsys: Any
) -> None:
    configured("jwt_bearer")
    through_proxy(world, org, environment, world.proxy_url)
    environment(login_url="https://login.salesforce.com")
    found = Examined(capsys)
    assert found.status("host") == "warning"
    assert (found.broken, found.cause) == ("token", "GENERIC_LOGIN_HOST")
    environment(grant="client_credentials")
    assert Examined(capsys).broken == "settings"


# --- after the login


@pytest.mark.parametrize(
    ("arguments", "check", "cause"),
    [
        (("--expect-org", "00D000000000001"), "org", "OTHER_ORG_THAN_MEANT"),
        (("--expect-user", "boss@acme.example"), "acts_as", "ACTS_AS_ANOTHER_USER"),
        (("--expect-kind", "sandbox"), "query", "OTHER_ORG_THAN_MEANT"),
    ],
)
def test_another_org_or_user_than_meant(
    configured: Any, arguments: tuple[str, ...], check: str, cause: str, capsys: Any
) -> None:
    configured("client_credentials")
    found = Examined(capsys, *arguments)
    assert (found.code, found.broken, found.cause) == (1, check, cause)


def test_scopes_that_open_no_api(org: Org, app: App, configured: Any, capsys: Any) -> None:
    configured("jwt_bearer")
    app.scopes = frozenset({"id"})
    found = Examined(capsys)
    assert (found.broken, found.cause) == ("scopes", "MISSING_SCOPE")


def test_the_api_closed_to_the_org_or_used_up(org: Org, configured: Any, capsys: Any) -> None:
    configured("jwt_bearer")
    org.policies.api_enabled = False
    found = Examined(capsys)
    assert (found.broken, found.cause) == ("api", "API_DISABLED")
    org.policies.api_enabled = True
    org.policies.daily_api_requests = 0
    found = Examined(capsys)
    assert (found.broken, found.cause) == ("api", "REQUEST_LIMIT_EXCEEDED")


def test_introspection_is_asked_for_only_where_it_is_possible(
    configured: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    configured("jwt_bearer")
    monkeypatch.delenv("SALESFORCE_CLIENT_SECRET")
    found = Examined(capsys)
    assert (found.code, found.status("session")) == (0, "not run")
    assert "SALESFORCE_CLIENT_SECRET" in found["session"]["why"]


# --- checks that plugins bring


def find_nothing(_: object) -> None:
    return None


def find_a_fault(_: object) -> None:
    raise ValueError("the index is empty")


def test_checks_of_plugins_come_last_and_in_their_own_words(
    configured: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configured("client_credentials")
    brought = (plugins.HealthCheckPlugin("good", find_nothing), plugins.HealthCheckPlugin("index", find_a_fault))
    monkeypatch.setattr(plugins, "health_checks", lambda: {each.name: each for each in brought})
    found = Examined(capsys)
    assert [each["check"] for each in found.report["checks"]][-2:] == ["good", "index"]
    assert (found.status("good"), found.broken, found.cause) == ("ok", "index", "HEALTH_CHECK_FAILED")
    assert any("the index is empty" in fact for fact in found["index"]["evidence"])


def test_a_fault_in_a_check_costs_no_report(
    configured: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configured("client_credentials")
    monkeypatch.setattr(network, "is_generic_login", find_a_fault)
    found = Examined(capsys)
    assert (found.broken, found.cause) == ("host", "UNKNOWN")


# --- what it writes


def test_the_report_for_a_ticket_holds_no_secret(
    app: App, org: Org, configured: Any, tmp_path: Path, capsys: Any
) -> None:
    configured("client_credentials")
    org.provoke("invalid_client", app)
    report = tmp_path / "report.json"
    found = Examined(capsys, "--report", str(report))
    assert json.loads(report.read_text())["cause"] == found.cause == "CLIENT_SECRET_INVALID"
    assert os.environ["SALESFORCE_CLIENT_SECRET"] not in report.read_text()
    assert run(["doctor", "--json", "--report", str(tmp_path / "no" / "report.json")]) == 2
    assert "Name a file in a folder" in capsys.readouterr().err


def test_watching_repeats(configured: Any, capsys: pytest.CaptureFixture[str]) -> None:
    configured("jwt_bearer")
    assert run(["doctor", "--json", "--watch", "0.01", "--rounds", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_kind_of_org_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--expect-kind", "scratchy"]) == 2
