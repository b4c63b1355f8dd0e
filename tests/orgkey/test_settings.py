"""connect(): which setting wins, what each mistake is told, and all of them at once."""

from __future__ import annotations

import itertools
import logging
import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import leaks
import pytest

import orgkey
from orgkey.doctor import Examination, examine
from orgkey.errors import ConfigError, SettingsWarning
from orgkey.settings import profile_file, profile_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Environment = Callable[..., None]
    Canary = Callable[[str], str]

ACME = "https://acme.my.salesforce.com"
SANDBOX = "https://acme--dev.sandbox.my.salesforce.com"
LOGIN = "https://login.salesforce.com"
TEST = "https://test.salesforce.com"


@pytest.fixture
def jwt(environment: Environment, key_pem: str) -> None:
    """All that JWT Bearer needs, but a login URL."""
    environment(client_id="3MVG9.agent", username="agent@acme.example", private_key=key_pem)


@pytest.fixture
def profiles(tmp_path: Path, environment: Environment) -> Callable[[str], Path]:
    """Writes the profile file."""

    def write(text: str, mode: int = 0o600) -> Path:
        path = tmp_path / "given" / "profiles.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))
        path.chmod(mode)
        environment(ORGKEY_CONFIG=str(path))
        return path

    return write


def problems(**overrides: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refusal:
        orgkey.connect(**overrides)
    assert all(problem in str(refusal.value) for problem in refusal.value.problems)
    return refusal.value.problems


# --- grants ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("jwt")
def test_jwt_bearer_from_the_environment(environment: Environment) -> None:
    environment(login_url=ACME)
    session = orgkey.connect()
    assert session.grant.name == "jwt_bearer"
    assert (session.grant.client_id, session.grant.username) == ("3MVG9.agent", "agent@acme.example")
    assert session.login_url == ACME


def test_client_credentials_from_the_environment(environment: Environment, canary: Canary) -> None:
    environment(login_url=ACME, client_id="3MVG9.agent", client_secret=canary("secret"))
    session = orgkey.connect()
    assert session.grant.name == "client_credentials"
    assert session.grant.username is None


@pytest.mark.usefixtures("jwt")
def test_a_key_wins_over_a_secret_with_one_line_of_information(
    environment: Environment, canary: Canary, caplog: pytest.LogCaptureFixture
) -> None:
    environment(login_url=ACME, client_secret=canary("secret"))
    caplog.set_level(logging.INFO, logger="orgkey")
    assert orgkey.connect().grant.name == "jwt_bearer"
    assert [record.message for record in caplog.records if "SALESFORCE_GRANT" in record.message] == [
        "A key and a client secret are both set: JWT Bearer is used. SALESFORCE_GRANT decides."
    ]


@pytest.mark.usefixtures("jwt")
@pytest.mark.parametrize(
    "name", ["client_credentials", "client-credentials", "CLIENT_CREDENTIALS", " client_credentials "]
)
def test_the_grant_variable_decides(environment: Environment, canary: Canary, name: str) -> None:
    environment(login_url=ACME, client_secret=canary("secret"), grant=name)
    assert orgkey.connect().grant.name == "client_credentials"


@pytest.mark.parametrize("name", ["jwt", "jwt_bearer", "JWT-Bearer"])
@pytest.mark.usefixtures("jwt")
def test_jwt_bearer_has_its_usual_names(environment: Environment, name: str) -> None:
    environment(login_url=ACME, grant=name)
    assert orgkey.connect().grant.name == "jwt_bearer"


@pytest.mark.usefixtures("jwt")
def test_arguments_decide_over_the_environment(environment: Environment, canary: Canary) -> None:
    environment(login_url=ACME, grant="jwt_bearer")
    session = orgkey.connect(client_id="other", client_secret=canary("secret"), grant="client_credentials")
    assert (session.grant.name, session.grant.client_id) == ("client_credentials", "other")


@pytest.mark.usefixtures("jwt")
def test_a_secret_among_the_arguments_decides_over_a_key_in_the_environment(
    environment: Environment, canary: Canary
) -> None:
    environment(login_url=ACME)
    assert orgkey.connect(client_secret=canary("secret")).grant.name == "client_credentials"


def test_among_the_arguments_jwt_bearer_comes_first(key_pem: str, canary: Canary) -> None:
    session = orgkey.connect(
        login_url=ACME, client_id="x", username="u@acme.example", private_key=key_pem, client_secret=canary("secret")
    )
    assert session.grant.name == "jwt_bearer"


@pytest.mark.usefixtures("jwt")
def test_a_grant_that_does_not_exist_is_named(environment: Environment) -> None:
    environment(login_url=ACME, grant="magic")
    (problem,) = problems()
    assert problem == "SALESFORCE_GRANT is 'magic'. It takes jwt_bearer or client_credentials."


@pytest.mark.usefixtures("jwt")
def test_asking_for_the_password_grant_is_told_why_not(environment: Environment) -> None:
    environment(login_url=ACME, grant="password")
    (problem,) = problems()
    assert "The password grant is closed" in problem


# --- what is missing or malformed ---------------------------------------------------------------------------------------


def test_nothing_at_all_says_what_there_could_be() -> None:
    (problem,) = problems()
    for name in ("SALESFORCE_CLIENT_ID", "SALESFORCE_USERNAME", "SALESFORCE_PRIVATE_KEY", "SALESFORCE_CLIENT_SECRET"):
        assert name in problem


def test_all_problems_come_at_once(environment: Environment) -> None:
    environment(
        login_url="https://acme.lightning.force.com",
        username="agent@acme.example ",
        private_key_file="/nowhere/server.key",
        ca_file="/nowhere/ca.pem",
    )
    found = problems()
    assert len(found) == 5
    for expected in (
        "https://acme.my.salesforce.com",
        "SALESFORCE_CLIENT_ID is missing",
        "SALESFORCE_USERNAME has white space before or after it",
        "/nowhere/server.key cannot be read",
        "SALESFORCE_CA_FILE names /nowhere/ca.pem, which is not a file",
    ):
        assert any(expected in problem for problem in found), expected


def test_all_problems_of_client_credentials_come_at_once(environment: Environment) -> None:
    environment(login_url=LOGIN, client_secret=" hunter2 ")
    found = problems()
    assert any("SALESFORCE_CLIENT_ID is missing" in problem for problem in found)
    assert any("not answered at login.salesforce.com" in problem for problem in found)
    assert any("SALESFORCE_CLIENT_SECRET" in problem and "white space" in problem for problem in found)
    assert len(found) == 3
    assert "hunter2" not in "".join(found)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        (
            "login_url",
            "https://acme.lightning.force.com",
            "SALESFORCE_LOGIN_URL .*Lightning.*https://acme.my.salesforce.com",
        ),
        ("login_url", "https://evilsalesforce.com", "SALESFORCE_LOGIN_URL .*not on one of Salesforce's domains"),
        ("login_url", "https://agent:hunter2@acme.my.salesforce.com", "SALESFORCE_LOGIN_URL has a user name"),
        ("login_url", "http://acme.my.salesforce.com", "SALESFORCE_LOGIN_URL .*not https"),
        ("login_url", "acme.my.salesforce.com", "SALESFORCE_LOGIN_URL .*does not start with https://"),
        ("login_url", "https://acme.my.salesforce.com ", "SALESFORCE_LOGIN_URL .*white space"),
        ("login_url", "https://acme.my.salesforce.com:8443", "SALESFORCE_LOGIN_URL .*port 8443"),
        ("login_url", "http://127.0.0.1:8080", "SALESFORCE_LOGIN_URL .*ORGKEY_ALLOW_LOOPBACK_HTTP=1"),
        ("domain", "acme.lightning.force.com", "SALESFORCE_DOMAIN .*Lightning"),
        ("client_id", " 3MVG9.agent", "SALESFORCE_CLIENT_ID has white space before or after it"),
        ("username", "agent@acme.example\n", "SALESFORCE_USERNAME has white space before or after it"),
        ("username", "agent @acme.example", "SALESFORCE_USERNAME has white space inside"),
        ("username", "agent\u200b@acme.example", "SALESFORCE_USERNAME has white space inside"),
        ("audience", "https://test.salesforce.com", "SALESFORCE_AUDIENCE .*sandbox"),
        (
            "private_key",
            "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
            "SALESFORCE_PRIVATE_KEY holds a public key",
        ),
        (
            "private_key",
            "-----BEGIN PRIVATE KEY-----\\nMIIB\\n-----END PRIVATE KEY-----",
            r"SALESFORCE_PRIVATE_KEY .*characters \\n",
        ),
        (
            "private_key",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----",
            "SALESFORCE_PRIVATE_KEY is encrypted.*SALESFORCE_PRIVATE_KEY_PASSPHRASE",
        ),
        ("private_key", "server.key", "SALESFORCE_PRIVATE_KEY .*SALESFORCE_PRIVATE_KEY_FILE"),
        ("private_key", "file:/nowhere/server.key", "SALESFORCE_PRIVATE_KEY.*/nowhere/server.key cannot be read"),
        ("private_key", "env:NO_SUCH_KEY", "SALESFORCE_PRIVATE_KEY.*Set NO_SUCH_KEY"),
        ("private_key", "vault:agent", "SALESFORCE_PRIVATE_KEY has the unknown key scheme 'vault:'"),
        ("ca_file", "/nowhere/ca.pem", "SALESFORCE_CA_FILE names /nowhere/ca.pem"),
    ],
)
@pytest.mark.usefixtures("jwt")
def test_each_malformed_setting_has_its_own_message(
    environment: Environment, variable: str, value: str, expected: str
) -> None:
    environment(**({"login_url": ACME} if variable != "domain" else {}) | {variable: value})
    with pytest.raises(ConfigError, match=f"(?s)^{expected}") as refusal:
        orgkey.connect()
    assert len(refusal.value.problems) == 1
    assert "hunter2" not in str(refusal.value)


@pytest.mark.usefixtures("jwt")
@pytest.mark.parametrize("missing", ["client_id", "username", "private_key"])
def test_each_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, environment: Environment, missing: str) -> None:
    environment(login_url=ACME, grant="jwt_bearer")
    monkeypatch.delenv(f"SALESFORCE_{missing.upper()}")
    (problem,) = problems()
    assert problem.startswith(f"SALESFORCE_{missing.upper()}")
    assert "missing" in problem


@pytest.mark.parametrize(
    "setting",
    [
        ("login_url", ACME),
        ("domain", "acme.my"),
        ("client_id", "3MVG9.agent"),
        ("username", "agent@acme.example"),
        ("private_key_file", "/nowhere/server.key"),
        ("grant", "client_credentials"),
    ],
)
@pytest.mark.parametrize("quotes", ["''", '""', "\u2018\u2019", "\u201c\u201d"])
@pytest.mark.usefixtures("jwt")
def test_quotes_around_a_value_are_named_and_looked_behind(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, canary: Canary, setting: tuple[str, str], quotes: str
) -> None:
    name, value = setting
    if name == "private_key_file":
        monkeypatch.delenv("SALESFORCE_PRIVATE_KEY")
    environment(client_secret=canary("secret"), **({"login_url": ACME} if name != "domain" else {}))
    environment(**{name: f"{quotes[0]}{value}{quotes[1]}"})
    quoted, *others = problems()
    assert quoted.startswith(f"SALESFORCE_{name.upper()} has quotes around it")
    assert value not in quoted
    assert not [problem for problem in others if "/nowhere/server.key cannot be read" not in problem]


@pytest.mark.parametrize("name", ["client_secret", "private_key"])
def test_a_secret_in_quotes_is_not_repeated(environment: Environment, canary: Canary, key_pem: str, name: str) -> None:
    environment(login_url=ACME, client_id="3MVG9.agent", username="agent@acme.example")
    environment(**{name: f'"{canary("secret") if name == "client_secret" else key_pem}"'})
    with pytest.raises(ConfigError) as refusal:
        orgkey.connect()
    (problem,) = refusal.value.problems
    assert problem.startswith(f"SALESFORCE_{name.upper()} has quotes around it")
    assert key_pem.splitlines()[3] not in leaks.shown(refusal.value)


@pytest.mark.usefixtures("jwt")
def test_only_the_value_that_counts_may_have_no_quotes(environment: Environment) -> None:
    environment(login_url=ACME, username="'nobody'")
    assert orgkey.connect(username="agent@acme.example").grant.username == "agent@acme.example"
    assert "username= has quotes around it" in problems(username="'agent@acme.example'")[0]


@pytest.mark.usefixtures("jwt")
def test_a_username_has_the_form_of_an_address(environment: Environment) -> None:
    environment(login_url=ACME, username="agent")
    (problem,) = problems()
    assert problem.startswith("SALESFORCE_USERNAME has no @ in it.")


def test_where_the_key_alone_is_missing_nothing_else_is_asked_for(environment: Environment) -> None:
    environment(login_url=ACME, client_id="3MVG9.agent", username="agent@acme.example", private_key_file="")
    assert problems() == (
        "There are no credentials. A key or a secret is missing beside SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID, "
        "SALESFORCE_USERNAME: set SALESFORCE_PRIVATE_KEY or SALESFORCE_PRIVATE_KEY_FILE (JWT Bearer), or "
        "SALESFORCE_CLIENT_SECRET (Client Credentials). SALESFORCE_PRIVATE_KEY_FILE is set to nothing.",
    )


def test_where_an_app_is_all_there_is_the_rest_is_asked_for(environment: Environment) -> None:
    environment(client_id="3MVG9.agent")
    (problem,) = problems()
    assert "set SALESFORCE_USERNAME and SALESFORCE_PRIVATE_KEY or" in problem
    assert "or SALESFORCE_LOGIN_URL and SALESFORCE_CLIENT_SECRET" in problem


@pytest.mark.parametrize(
    "names",
    [
        ("SALESFORCE_USER_NAME", "username"),
        ("SALESFORCE_USERNAM", "username"),
        ("SALEFORCE_USERNAME", "username"),
        ("salesforce_username", "username"),
        ("SALESFORCE_PRIVATE_KEYFILE", "private_key_file"),
        ("SALESFORCE_CLIENTID", "client_id"),
        ("SALESFORCE_CLEINT_ID", "client_id"),
    ],
)
def test_a_misspelt_variable_is_pointed_at_where_a_setting_is_missing(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, key_pem: str, tmp_path: Path, names: tuple[str, str]
) -> None:
    found, meant = names
    key = tmp_path / "given" / "server.key"
    key.parent.mkdir()
    key.write_text(key_pem)
    environment(login_url=ACME, client_id="3MVG9.agent", username="agent@acme.example", private_key_file=str(key))
    monkeypatch.setenv(found, "agent@acme.example")
    assert orgkey.connect()
    monkeypatch.delenv(f"SALESFORCE_{meant.upper()}")
    (problem,) = problems()
    assert problem.endswith(f" {found} is set: did you mean SALESFORCE_{meant.upper()}?")
    key.unlink()


@pytest.mark.parametrize(
    "found",
    [
        "SALESFORCE_PASSWORD_FILE",
        "SALESFORCE_INSTANCE_URL",
        "SALESFORCE_ACCESS_TOKEN",
        "SALESFORCE_CONSUMER_KEY",
        "SALESFORCE_CONSUMER_SECRET",
        "SALESFORCE_CLIENT_KEY",
        "SALESFORCE_USER",
        "SALESFORCE_PRIVATE_KEY_PATH",
        "SALESFORCE_URL",
        "SF_USERNAME",
        "SNOWFLAKE_PRIVATE_KEY_FILE",
        "CLIENT_ID",
    ],
)
def test_other_programs_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch, found: str) -> None:
    monkeypatch.setenv(found, "x")
    (problem,) = problems()
    assert "did you mean" not in problem


@pytest.mark.usefixtures("jwt")
def test_a_variable_that_is_set_to_nothing_is_not_set(environment: Environment) -> None:
    environment(login_url=ACME, client_secret="", audience="  ", profile="")
    assert orgkey.connect().grant.name == "jwt_bearer"


@pytest.mark.usefixtures("jwt")
def test_two_keys_contradict_each_other(environment: Environment) -> None:
    environment(login_url=ACME, private_key_file="/nowhere/server.key")
    (problem,) = problems()
    assert problem == "SALESFORCE_PRIVATE_KEY and SALESFORCE_PRIVATE_KEY_FILE are both set. Keep one of them."


@pytest.mark.usefixtures("jwt")
def test_a_key_file_among_the_arguments_replaces_a_key_in_the_environment(
    environment: Environment, tmp_path: Path, key_pem: str
) -> None:
    file = tmp_path / "given" / "server.key"
    file.parent.mkdir()
    file.write_text(key_pem)
    environment(login_url=ACME, private_key="env:NOT_LOOKED_AT")
    assert orgkey.connect(private_key_file=file).grant.name == "jwt_bearer"
    assert orgkey.connect(private_key_file=str(file)).grant.name == "jwt_bearer"
    assert orgkey.connect(private_key=orgkey.load_signer(key_pem)).grant.name == "jwt_bearer"


@pytest.mark.usefixtures("jwt")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", 123),
        ("username", b"agent@acme.example"),
        ("login_url", 123),
        ("login_url", Path("acme.my.salesforce.com")),
        ("private_key", b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"),
        ("private_key_file", 123),
        ("session_timeout", "7200"),
        ("session_timeout", 0),
        ("session_timeout", -1),
        ("attempts", 0),
        ("attempts", "3"),
        ("trusted_hosts", 5),
        ("http", "aiohttp"),
        ("ca_file", 5),
        ("grant", 5),
    ],
)
def test_an_argument_of_the_wrong_kind_is_named(environment: Environment, name: str, value: Any) -> None:
    environment(login_url=ACME)
    with pytest.raises(ConfigError, match=name):
        orgkey.connect(**{name: value})


@pytest.mark.usefixtures("jwt")
def test_one_trusted_host_may_be_written_as_text() -> None:
    session = orgkey.connect(login_url="https://gateway.acme.example", trusted_hosts="gateway.acme.example")
    assert session.options.trusted_hosts == ("gateway.acme.example",)


def test_an_argument_that_does_not_exist_is_named() -> None:
    first, second = problems(clientid="x", user="y")
    assert "clientid= is not a setting. Did you mean 'client_id'?" in first
    assert "user=" in second


@pytest.mark.usefixtures("jwt")
def test_an_http_library_that_does_not_exist_is_named(environment: Environment) -> None:
    environment(login_url=ACME, ORGKEY_HTTP="aiohttp")
    (problem,) = problems()
    assert "ORGKEY_HTTP" in problem
    assert "httpx2" in problem


def test_a_secret_that_no_form_can_carry_is_a_problem_of_the_setting(environment: Environment) -> None:
    # What an undecodable byte in the environment becomes.
    environment(login_url=ACME, client_id="x", client_secret="hunter2\udcff")
    (problem,) = problems()
    assert "SALESFORCE_CLIENT_SECRET" in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    "overrides",
    [
        {"clientid": "x"},
        {"login_url": "https://evilsalesforce.com", "client_id": "x"},
        {"login_url": ACME},
        {"login_url": ACME, "client_id": "x", "http": "aiohttp"},
        {"profile": "no-such-profile"},
    ],
)
def test_no_frame_behind_an_error_holds_a_secret_in_plain(canary: Canary, overrides: dict[str, Any]) -> None:
    secret = canary("secret")
    with pytest.raises(ConfigError) as refusal:
        orgkey.connect(**overrides, client_secret=secret)
    assert secret not in leaks.shown(refusal.value)


def test_no_frame_holds_the_value_of_a_misspelt_secret(canary: Canary) -> None:
    secret = canary("secret")
    with pytest.raises(ConfigError, match="clientsecret") as refusal:
        orgkey.connect(client_id="x", clientsecret=secret)
    assert secret not in leaks.shown(refusal.value)


@pytest.mark.usefixtures("jwt")
@pytest.mark.parametrize("names", [["SALESFORCE_PASSWORD"], ["SALESFORCE_PASSWORD", "SALESFORCE_SECURITY_TOKEN"]])
def test_a_password_that_is_left_over_is_warned_about_once(
    environment: Environment, canary: Canary, names: list[str]
) -> None:
    password = canary("password")
    environment(login_url=ACME, **dict.fromkeys(names, password))
    with pytest.warns(SettingsWarning) as seen:
        orgkey.connect()
    assert len(seen) == 1
    text = str(seen[0].message)
    assert all(name in text for name in names)
    assert "delete" in text
    assert password not in text
    assert seen[0].filename == __file__  # it points at the program that called, not into the package


# --- hosts --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("jwt")
@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        ({}, {"login_url": ACME}, ACME),
        ({}, {"login_url": ACME + "/"}, ACME),
        ({}, {"domain": "acme.my"}, ACME),
        ({}, {"domain": "login"}, LOGIN),
        ({}, {"domain": "test"}, TEST),
        ({}, {}, LOGIN),
        ({}, {"login_url": ACME, "domain": "acme.my"}, ACME),
        ({"login_url": SANDBOX}, {"login_url": ACME}, SANDBOX),
        ({"domain": "acme.my"}, {"login_url": "https://other.my.salesforce.com"}, ACME),
        ({"domain": "acme--dev.sandbox.my"}, {}, SANDBOX),
        ({"domain": "test"}, {}, TEST),
        ({}, {"login_url": "https://agency.my.salesforce.mil"}, "https://agency.my.salesforce.mil"),
    ],
)
def test_the_login_url_is_the_first_that_names_a_my_domain(
    environment: Environment, arguments: dict[str, str], variables: dict[str, str], expected: str
) -> None:
    environment(**variables)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert orgkey.connect(**arguments).login_url == expected


@pytest.mark.usefixtures("jwt")
@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        ({"domain": "login"}, {"login_url": ACME}, ACME),
        ({"domain": "test"}, {"login_url": SANDBOX}, SANDBOX),
        (
            {"domain": "test"},
            {"login_url": "https://acme--dev.my.salesforce.com"},
            "https://acme--dev.my.salesforce.com",
        ),
        (
            {"domain": "test"},
            {"login_url": "https://fun-1.scratch.my.salesforce.com"},
            "https://fun-1.scratch.my.salesforce.com",
        ),
        ({"login_url": LOGIN}, {"domain": "acme.my"}, ACME),
        ({"login_url": ACME, "domain": "login"}, {}, ACME),
        ({}, {"login_url": LOGIN, "domain": "acme.my"}, ACME),
        (
            {"domain": "login"},
            {"login_url": "https://acme-dev-ed.develop.my.salesforce.com"},
            "https://acme-dev-ed.develop.my.salesforce.com",
        ),
    ],
)
def test_login_and_test_yield_to_a_my_domain_with_one_warning(
    environment: Environment, arguments: dict[str, str], variables: dict[str, str], expected: str
) -> None:
    environment(**variables)
    with pytest.warns(SettingsWarning, match="yields to the My Domain") as seen:
        assert orgkey.connect(**arguments).login_url == expected
    assert len(seen) == 1
    assert seen[0].filename == __file__


@pytest.mark.usefixtures("jwt")
@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        ({"domain": "test"}, {"login_url": ACME}),
        ({"domain": "login"}, {"login_url": SANDBOX}),
        ({"login_url": TEST}, {"domain": "acme.my"}),
        ({}, {"login_url": ACME, "domain": "other.my"}),
        ({}, {"login_url": ACME, "domain": "acme--dev.sandbox.my"}),
        ({"login_url": ACME}, {"audience": TEST}),
        ({"login_url": SANDBOX}, {"audience": LOGIN}),
    ],
)
def test_production_and_sandbox_do_not_mix(
    environment: Environment, arguments: dict[str, str], variables: dict[str, str]
) -> None:
    environment(**variables)
    (problem,) = problems(**arguments)
    assert "contradict" in problem or "sandbox" in problem
    assert "Remove" in problem


@pytest.mark.usefixtures("jwt")
def test_the_audience_is_apart_from_the_login_url(environment: Environment) -> None:
    environment(login_url=ACME, audience=LOGIN)
    session = orgkey.connect()
    assert session.login_url == ACME
    assert getattr(session.grant, "audience", None) == LOGIN


@pytest.mark.parametrize("url", [LOGIN, TEST])
def test_client_credentials_is_not_asked_for_at_login_or_test(
    environment: Environment, canary: Canary, url: str
) -> None:
    environment(login_url=url, client_id="x", client_secret=canary("secret"))
    (problem,) = problems()
    assert "Client Credentials is not answered at" in problem
    assert "https://acme.my.salesforce.com" in problem


@pytest.mark.usefixtures("jwt")
def test_a_failure_says_that_nobody_set_the_login_url(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "SALESFORCE_LOGIN_URL is not set, so that https://login.salesforce.com is asked."
    environment(SALESFORCE_LOGINURL=ACME)
    meant = f"{said} SALESFORCE_LOGINURL is set: did you mean SALESFORCE_LOGIN_URL?"
    for session in (found := orgkey.connect(attempts=1), found.as_user("other@acme.example")):
        with pytest.raises(orgkey.TokenRequestError) as failure:
            session.token()
        assert failure.value.diagnosis.cause.id == "ENDPOINT_UNREACHABLE_DNS"
        assert meant in failure.value.diagnosis.evidence
        assert meant in str(failure.value)

    monkeypatch.delenv("SALESFORCE_LOGINURL")
    settings, _, name = itertools.islice(examine(Examination()), 3)
    assert said in settings.finding.evidence
    assert name.finding.diagnosis is not None
    assert said in name.finding.diagnosis.evidence

    environment(login_url=LOGIN)
    with pytest.raises(orgkey.TokenRequestError) as failure:
        orgkey.connect(attempts=1).token()
    assert "not set" not in str(failure.value)


def test_client_credentials_has_no_default_login_url(environment: Environment, canary: Canary) -> None:
    environment(client_id="x", client_secret=canary("secret"))
    (problem,) = problems()
    assert problem.startswith("SALESFORCE_LOGIN_URL is missing")


@pytest.mark.usefixtures("jwt")
@pytest.mark.parametrize("value", ["1", "true", "YES", " on "])
def test_loopback_http_is_asked_for_by_name(environment: Environment, value: str) -> None:
    environment(login_url="http://127.0.0.1:8080", ORGKEY_ALLOW_LOOPBACK_HTTP=value)
    assert orgkey.connect().login_url == "http://127.0.0.1:8080"


@pytest.mark.usefixtures("jwt")
@pytest.mark.parametrize("value", ["0", "false", "no", "off", "maybe"])
def test_any_other_word_permits_no_loopback_http(environment: Environment, value: str) -> None:
    environment(login_url="http://127.0.0.1:8080", ORGKEY_ALLOW_LOOPBACK_HTTP=value)
    (problem,) = problems()
    assert "plain http" in problem


@pytest.mark.usefixtures("jwt")
def test_an_argument_takes_loopback_http_back(environment: Environment) -> None:
    environment(login_url="http://127.0.0.1:8080", ORGKEY_ALLOW_LOOPBACK_HTTP="1")
    (problem,) = problems(allow_loopback_http=False)
    assert "plain http" in problem


# --- profiles -----------------------------------------------------------------------------------------------------------

TWO_PROFILES = """
    [default]
    login_url = "https://acme.my.salesforce.com"
    client_id = "of-default"
    client_secret = "canary-profile-0123456789abcdef"

    [sandbox]
    login_url = "https://acme--dev.sandbox.my.salesforce.com"
    client_id = "of-sandbox"
    client_secret = "canary-profile-0123456789abcdef"
    required_scopes = ["api", "refresh_token"]
    session_timeout = 7200
    trusted_hosts = ["gateway.acme.example"]
"""


def test_the_default_profile_is_used_where_nothing_else_is_set(profiles: Callable[..., Path]) -> None:
    profiles(TWO_PROFILES)
    assert orgkey.connect().grant.client_id == "of-default"


def test_a_profile_is_chosen_by_argument_or_variable(profiles: Callable[..., Path], environment: Environment) -> None:
    profiles(TWO_PROFILES)
    session = orgkey.connect("sandbox")
    assert session.grant.client_id == "of-sandbox"
    assert session.options.required_scopes == {"api", "refresh_token"}
    assert session.options.session_timeout == 7200
    assert session.options.trusted_hosts == ("gateway.acme.example",)
    environment(profile="sandbox")
    assert orgkey.connect().grant.client_id == "of-sandbox"


def test_the_environment_comes_before_a_profile_that_it_names(
    profiles: Callable[..., Path], environment: Environment
) -> None:
    profiles(TWO_PROFILES)
    environment(profile="sandbox", client_id="of-environment")
    assert orgkey.connect().grant.client_id == "of-environment"


def test_a_profile_named_in_the_program_comes_before_the_environment(
    profiles: Callable[..., Path], environment: Environment
) -> None:
    profiles(TWO_PROFILES)
    environment(client_id="of-environment", profile="default")
    assert orgkey.connect("sandbox").grant.client_id == "of-sandbox"
    assert orgkey.connect("sandbox", client_id="of-argument").grant.client_id == "of-argument"


def test_an_unknown_profile_is_answered_with_those_there_are(profiles: Callable[..., Path]) -> None:
    path = profiles(TWO_PROFILES)
    with pytest.raises(ConfigError, match="no profile 'prod'") as refusal:
        orgkey.connect("prod")
    assert "default, sandbox" in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_a_file_that_is_not_there_is_named_where_settings_are_missing(
    environment: Environment, tmp_path: Path, key_pem: str
) -> None:
    path = tmp_path / "profile.toml"
    environment(ORGKEY_CONFIG=str(path))
    first, second = problems()
    assert first.startswith("There are no credentials.")
    assert second == f"ORGKEY_CONFIG names {path}, and there is no such file."
    with pytest.raises(ConfigError, match="Profiles there: none; there is no such file"):
        orgkey.connect("prod")
    environment(login_url=ACME)
    assert problems(private_key=key_pem)[1:2] == (second,)
    assert orgkey.connect(client_id="x", username="u@acme.example", private_key=key_pem)


def test_a_profile_is_missed_where_there_is_no_file() -> None:
    with pytest.raises(ConfigError, match="Profiles there: none"):
        orgkey.connect("prod")


def test_profiles_are_listed_in_order(profiles: Callable[..., Path]) -> None:
    assert profile_names() == []
    profiles(TWO_PROFILES)
    assert profile_names() == ["default", "sandbox"]


def test_the_profile_file_lies_in_the_platforms_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORGKEY_CONFIG", raising=False)
    assert profile_file().name == "profiles.toml"
    assert profile_file().parent.name == "orgkey"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[default]\nclient_idd = 'x'\n", "'client_idd' in profile 'default'.*Did you mean 'client_id'"),
        ("[default]\npassword = 'x'\n", "'password' in profile 'default'.*is not a setting"),
        ("[default]\nclient_id = 5\n", "'client_id' in profile 'default'.*must be str"),
        ("[default]\nsession_timeout = 'long'\n", "'session_timeout'.*must be int or float"),
        ("[default]\nsession_timeout = true\n", "'session_timeout'.*must be int or float"),
        ("[default]\nallow_loopback_http = 'yes'\n", "'allow_loopback_http'.*must be bool"),
        ("[default]\ntrusted_hosts = 5\n", "'trusted_hosts'.*must be str or list"),
        ("[default]\nclient_id = \n", "not valid TOML"),
        ("client_id = 'x'\n", "'client_id' in .* stands outside a profile"),
        ("[default\n", "not valid TOML"),
        (
            "[default]\nlogin_url = 'https://evilsalesforce.com'\nclient_id='x'\nclient_secret='y'\n",
            "'login_url' in profile 'default'",
        ),
    ],
)
def test_a_broken_profile_is_named_with_its_file_and_key(
    profiles: Callable[..., Path], text: str, expected: str
) -> None:
    path = profiles(text)
    with pytest.raises(ConfigError, match=expected) as refusal:
        orgkey.connect()
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "client_secret = '{}'\n",
        "[default]\nclient_secrett = '{}'\n",
        "[default]\nclient_idd = 'x'\nclient_secret = '{}'\n",
        "[default.nested]\nclient_secret = '{}'\n",
        "[default]\nclient_secret = ['{}']\n",
        "[default]\nclient_secret = '{}\n",
        "[default]\nclient_secret = '{}'\n[other\n",
    ],
)
def test_no_frame_behind_a_broken_profile_holds_its_secret(
    profiles: Callable[..., Path], canary: Canary, text: str
) -> None:
    secret = canary("secret")
    profiles(text.format(secret))
    with pytest.raises(ConfigError) as refusal:
        orgkey.connect()
    assert secret not in leaks.shown(refusal.value)


def test_a_profile_file_that_is_not_text_is_named(profiles: Callable[..., Path]) -> None:
    path = profiles("")
    path.write_bytes(b"[default]\nclient_id = '\xff'\n")
    with pytest.raises(ConfigError, match="not valid TOML"):
        orgkey.connect()


def test_a_profile_file_may_begin_with_a_byte_order_mark(profiles: Callable[..., Path]) -> None:
    path = profiles("")
    path.write_bytes(dedent(TWO_PROFILES).encode("utf-8-sig"))
    assert orgkey.connect().grant.client_id == "of-default"


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
def test_a_profile_file_in_utf_16_is_told_how_to_be_saved(profiles: Callable[..., Path], coding: str) -> None:
    path = profiles("")
    path.write_bytes(("\ufeff" + dedent(TWO_PROFILES)).encode(coding))
    (problem,) = problems()
    assert str(path) in problem
    assert "iconv -f UTF-16 -t UTF-8 profiles.toml" in problem


@pytest.fixture
def shut_home(jwt: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A configuration directory that this user may not enter, as in a container whose HOME is root's."""
    del jwt
    if os.name != "posix":
        pytest.skip("folders are shut by modes on POSIX only")
    home = tmp_path / "home"
    (home / "orgkey").mkdir(parents=True)
    (home / "orgkey" / "profiles.toml").write_text("[default]\nclient_id = 'of-default'\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("ORGKEY_CONFIG", raising=False)
    orgkey.connect(login_url=ACME)  # all that it imports is there before root becomes somebody else
    home.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield home
    if root:
        os.seteuid(0)
    home.chmod(0o700)


@pytest.mark.usefixtures("shut_home")
def test_a_profile_file_in_a_folder_that_may_not_be_entered_is_none(environment: Environment) -> None:
    environment(login_url=ACME)
    assert orgkey.connect().grant.client_id == "3MVG9.agent"
    assert profile_names() == []


def test_a_profile_that_is_asked_for_must_be_readable(shut_home: Path, environment: Environment) -> None:
    environment(login_url=ACME)
    (problem,) = problems(profile="default")
    assert problem == f"The profile file {profile_file()} cannot be read: Permission denied."
    environment(ORGKEY_CONFIG=str(shut_home / "profiles.toml"))
    assert problems() == (f"The profile file {profile_file()} cannot be read: Permission denied.",)


@pytest.mark.usefixtures("jwt")
def test_a_home_that_is_no_folder_has_no_profiles(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(login_url=ACME)
    monkeypatch.setenv("XDG_CONFIG_HOME", os.devnull)
    assert orgkey.connect().grant.client_id == "3MVG9.agent"


def test_a_profile_file_that_is_a_folder_is_named(tmp_path: Path, environment: Environment) -> None:
    environment(ORGKEY_CONFIG=str(tmp_path))
    with pytest.raises(ConfigError, match="cannot be read"):
        orgkey.connect()


@pytest.mark.skipif(os.name != "posix", reason="file modes mean something on POSIX only")
def test_a_file_of_secrets_that_others_can_read_is_warned_about(profiles: Callable[..., Path]) -> None:
    path = profiles(TWO_PROFILES, mode=0o644)
    with pytest.warns(SettingsWarning, match="chmod 600") as seen:
        orgkey.connect()
    assert str(path) in str(seen[0].message)


@pytest.mark.skipif(os.name != "posix", reason="file modes mean something on POSIX only")
def test_a_file_without_secrets_may_be_read_by_others(profiles: Callable[..., Path], key_pem: str) -> None:
    profiles(f"[default]\nlogin_url = '{ACME}'\nclient_id = 'x'\n", mode=0o644)
    assert orgkey.connect(username="u@acme.example", private_key=key_pem).grant.client_id == "x"


# --- another process ----------------------------------------------------------------------------------------------------


def test_a_session_out_of_the_environment_travels_without_its_secret(environment: Environment, canary: Canary) -> None:
    secret = canary("secret")
    environment(login_url=ACME, client_id="3MVG9.agent", client_secret=secret)
    pickled = pickle.dumps(orgkey.connect(required_scopes="api"))
    assert secret.encode() not in pickled
    code = "import pickle, sys; s = pickle.load(sys.stdin.buffer); print(s.grant.client_id, *s.options.required_scopes)"
    run = subprocess.run([sys.executable, "-c", code], input=pickled, capture_output=True, check=True)
    assert run.stdout.decode().split() == ["3MVG9.agent", "api"]


def test_a_session_out_of_a_profile_travels_as_the_profiles_name(profiles: Callable[..., Path]) -> None:
    profiles(TWO_PROFILES)
    pickled = pickle.dumps(orgkey.connect("sandbox"))
    assert b"canary-profile" not in pickled
    copied = pickle.loads(pickled)  # made two lines above
    assert copied.grant.client_id == "of-sandbox"


def test_a_session_from_credentials_in_the_program_does_not_travel(key_pem: str, canary: Canary) -> None:
    for overrides in (
        {"client_id": "x", "client_secret": canary("secret")},
        {"client_id": "x", "username": "u@acme.example", "private_key": key_pem},
        {"client_id": "x", "username": "u@acme.example", "private_key": orgkey.load_signer(key_pem)},
    ):
        session = orgkey.connect(login_url=ACME, **overrides)
        with pytest.raises(TypeError, match="environment or profile"):
            pickle.dumps(session)
