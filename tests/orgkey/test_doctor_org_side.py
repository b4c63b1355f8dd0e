"""``orgkey doctor --as-admin``: the org's own records bring each overloaded refusal down to one cause."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from refusals import REFUSED, expected_cause

from orgkey.cli.app import run
from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orgkey_sim import App, Org, User
    from orgkey_sim.oauth.errors import Row

USERNAME = "agent@acme.example"


@pytest.fixture
def org() -> Iterator[Org]:
    with World() as world:
        yield world.create_org("acme")


@pytest.fixture
def user(org: Org) -> User:
    return org.create_user(USERNAME)


@pytest.fixture
def app(org: Org, user: User, environment: Callable[..., None], tmp_path: Path) -> App:
    """An app with its settings in the environment, and the profile ``boss`` of an administrator."""
    app = org.create_app("Agent", run_as=user)
    environment(login_url=org.login_url, client_id=app.client_id, username=USERNAME, grant="jwt_bearer")
    environment(private_key_file=app.private_key_file, ORGKEY_ALLOW_LOOPBACK_HTTP="1")
    boss = org.create_app("Deployer", flows={"client_credentials"})
    boss.relax_ip = True
    (tmp_path / "given").mkdir()
    profiles = tmp_path / "given" / "profiles.toml"
    profiles.write_text(
        f'[boss]\nlogin_url = "{org.login_url}"\nclient_id = "{boss.client_id}"\n'
        f'client_secret = "{boss.client_secret}"\ngrant = "client_credentials"\n'
    )
    profiles.chmod(0o600)
    environment(ORGKEY_CONFIG=str(profiles))
    return app


class Asked:
    """One run with an administrator's profile."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        self.code = run(["doctor", "--json", "--as-admin", "boss", *arguments])
        self.report: Any = json.loads(capsys.readouterr().out)
        self.cause = self.report["cause"]
        self.side: Any = next((each for each in self.report["checks"] if each["check"] == "org_side"), None)
        self.facts = " | ".join(self.side["evidence"]) if self.side else ""


def other_hours() -> tuple[int, int]:
    hour = datetime.now(UTC).hour
    return (hour + 2, hour + 3) if hour < 21 else (1, 2)


FAULTS: dict[str, tuple[Callable[[Org, App, User], object], str, str]] = {
    "deactivated": (lambda org, app, user: user.deactivate(), "USER_INACTIVE", "deactivated"),
    "frozen": (lambda org, app, user: user.freeze(), "USER_FROZEN", "frozen"),
    "address": (
        lambda org, app, user: setattr(org.policies, "login_ip_ranges", ("203.0.113.0/24",)),
        "LOGIN_IP_RESTRICTED",
        "'Restricted IP' from 127.0.0.1",
    ),
    "hours": (
        lambda org, app, user: setattr(org.policies, "login_hours", other_hours()),
        "LOGIN_HOURS_RESTRICTED",
        "Restricted Time",
    ),
    "not approved": (
        lambda org, app, user: app.withdraw_approval(user),
        "USER_NOT_ADMIN_APPROVED",
        "permission sets of the user: none",
    ),
    "not consented": (
        lambda org, app, user: org.provoke("user_not_approved", app),
        "USER_NOT_APPROVED",
        "'Failed: Not approved for access'",
    ),
    "other key": (lambda org, app, user: app.replace_certificate(), "ASSERTION_INVALID", "Signature Invalid"),
    "audience": (
        lambda org, app, user: org.provoke("audience_invalid", app),
        "AUDIENCE_INVALID",
        "Failed: Audience Invalid",
    ),
    "logins": (lambda org, app, user: org.provoke("rate_limit_exceeded", app), "LOGIN_RATE_EXCEEDED", ""),
    "no app": (
        lambda org, app, user: org.delete_app(app),
        "CLIENT_ID_INVALID",
        "External Client Apps of the org: Deployer",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_org_says_which_of_the_causes_it_is(
    org: Org, app: App, user: User, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    break_it, cause, fact = FAULTS[fault]
    break_it(org, app, user)
    if fault == "logins":
        org.rate_limit_logins(1)
        assert run(["whoami", "--json"]) == 0
        capsys.readouterr()
    asked = Asked(capsys)
    assert asked.code == 3
    assert asked.cause == cause
    assert fact in asked.facts


MORE_EXACTLY = {
    "IP_OR_HOURS_RESTRICTED": {"LOGIN_IP_RESTRICTED", "LOGIN_HOURS_RESTRICTED"},
    "JWT_EXPIRED": {"CLOCK_SKEW"},  # the org's clock is what is moved, which doctor sees before it asks for a token
}
OVERLOADED = [
    (row, grant)
    for row, grant in REFUSED
    if row.error == "invalid_grant" and grant in {"jwt_bearer", "client_credentials"}
]


@pytest.mark.parametrize(("row", "grant"), OVERLOADED, ids=lambda each: each if isinstance(each, str) else each.id)
def test_every_invalid_grant_of_the_table_comes_down_to_one_cause(
    row: Row, grant: str, app: App, environment: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    if grant == "client_credentials":
        environment(grant=grant, client_secret=app.client_secret)
    app.org.provoke(row.id, app)
    asked = Asked(capsys)
    broken = next(each for each in asked.report["checks"] if each["status"] == "failed")
    exact = (asked.side or {}).get("diagnosis") or broken["diagnosis"]
    assert not exact.get("alternatives"), "an administrator would have to choose"
    expected = expected_cause(row, grant)
    assert asked.cause in MORE_EXACTLY.get(expected, {expected})


def test_the_limits_of_the_profile_are_shown(
    org: Org, app: App, user: User, capsys: pytest.CaptureFixture[str]
) -> None:
    org.policies.login_ip_ranges = ("203.0.113.0/24", "198.51.100.7/32")
    org.policies.login_hours = (8, 18)
    asked = Asked(capsys)
    addresses = "203.0.113.0-203.0.113.255, 198.51.100.7-198.51.100.7"
    assert f"profile 'Standard User': logins only from {addresses}" in asked.facts
    assert "logins only Mon, Tue, Wed, Thu, Fri, Sat, Sun 08:00-18:00 (the org's time zone)" in asked.facts


LIMITS: dict[str, tuple[object, str]] = {
    "login_ip_ranges": (("203.0.113.0/24",), "LOGIN_IP_RESTRICTED"),
    "login_hours": (other_hours(), "LOGIN_HOURS_RESTRICTED"),
}


@pytest.mark.parametrize("policy", LIMITS)
def test_the_profile_decides_where_the_history_is_not_readable(
    org: Org, app: App, policy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    value, cause = LIMITS[policy]
    setattr(org.policies, policy, value)
    refusal = '[{"errorCode": "INVALID_TYPE", "message": "sObject type LoginHistory is not supported."}]'
    # The administrator's calls: versions, User, UserLogin, and then Login History.
    org.faults.add("rest", status=400, body=refusal, content_type="application/json", skip=3)
    asked = Asked(capsys)
    assert "not readable: LoginHistory" in asked.facts
    assert asked.cause == cause


def test_a_user_that_the_org_does_not_have(
    app: App, environment: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    environment(username="agent@acme.example.dev")
    asked = Asked(capsys)
    assert asked.cause == "USER_NOT_IN_ORG"
    assert asked.side["diagnosis"]["wire"].startswith("invalid_grant")


def test_what_a_user_has_is_shown(org: Org, app: App, user: User, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["whoami"]) == 0
    capsys.readouterr()
    org.put_permission_set("Sales_Data")
    org.assign(user, "Sales_Data")
    app.withdraw_approval(user)
    asked = Asked(capsys)
    assert "permission sets of the user: Sales_Data" in asked.facts
    assert "OauthToken: Agent, used 1 times" in asked.facts


def test_a_healthy_org_is_not_asked(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys)
    assert (asked.code, asked.side) == (0, None)


def test_an_administrator_who_cannot_log_in_costs_nothing_but_the_evidence(
    org: Org, app: App, user: User, capsys: pytest.CaptureFixture[str]
) -> None:
    user.deactivate()
    org.users["admin@acme.example"].deactivate()
    asked = Asked(capsys)
    assert asked.cause == "USER_INACTIVE"
    assert asked.side["status"] == "warning"


@pytest.mark.usefixtures("app")
def test_an_administrators_profile_that_is_not_there_is_told_of_on_a_healthy_org_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["doctor", "--json", "--as-admin", "bos"]) == 2
    shown = capsys.readouterr()
    assert "There is no profile 'bos' in" in json.loads(shown.err)["error"]["message"]
    assert "Profiles there: boss." in shown.err
    assert shown.out == ""
    assert run(["doctor", "--json", "--as-admin", "boss"]) == 0
