"""``orgkey whoami`` and ``orgkey query`` against the local Salesforce."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from orgkey.cli.app import run
from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import App, Org

USERNAME = "agent@acme.example"


@pytest.fixture
def org() -> Iterator[Org]:
    with World() as world:
        yield world.create_org("acme", contacts=2500)


@pytest.fixture
def app(org: Org, monkeypatch: pytest.MonkeyPatch) -> App:
    """An app whose settings are in the environment, as JWT Bearer wants them."""
    user = org.create_user(USERNAME, name="Agent of Acme")
    app = org.create_app("Acme Agent", flows={"jwt_bearer", "client_credentials"}, run_as=user, scopes={"api", "id"})
    monkeypatch.setenv("SALESFORCE_LOGIN_URL", org.login_url)
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", app.client_id)
    monkeypatch.setenv("SALESFORCE_USERNAME", USERNAME)
    monkeypatch.setenv("SALESFORCE_PRIVATE_KEY_FILE", app.private_key_file)
    monkeypatch.setenv("ORGKEY_ALLOW_LOOPBACK_HTTP", "1")
    return app


class Shown:
    """What one command printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        self.code = run(arguments)
        self.out, self.err = capsys.readouterr()

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def told(self) -> list[Any]:
        return [json.loads(line) for line in self.err.splitlines()]


def test_whoami_says_who_where_and_with_what(app: App, org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    shown = Shown(capsys, "whoami", "--json")
    (facts,) = shown.lines
    assert shown.code == 0
    assert facts["username"] == USERNAME
    assert facts["org_id"] == org.org_id
    assert facts["login_url"] == facts["api_host"] == org.login_url
    assert facts["grant"] == "jwt_bearer"
    assert facts["client_id"] == app.client_id
    assert facts["scopes"] == ["api", "id"]
    assert facts["token_format"] == "opaque"
    assert facts["token_expires_at"] is None
    assert org.token_requests == 1

    plain = Shown(capsys, "whoami")
    assert re.search(rf"username\s+{USERNAME}", plain.out)
    assert re.search(r"scopes\s+api id", plain.out)
    assert "token expires at" not in plain.out


def test_whoami_tells_the_cause_where_there_is_no_token(
    app: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SALESFORCE_GRANT", "client_credentials")
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", app.client_secret)
    app.remove_run_as()
    shown = Shown(capsys, "whoami", "--json")
    assert (shown.code, shown.out) == (3, "")
    (told,) = shown.told
    assert told["exit_code"] == 3
    assert told["error"]["diagnosis"]["cause"]["id"] == "RUN_AS_USER_MISSING"

    plain = Shown(capsys, "whoami")
    assert (plain.code, plain.out) == (3, "")
    assert "RUN_AS_USER_MISSING" in plain.err
    assert "enter the Run As user" in re.sub(r"[│\s]+", " ", plain.err)


def test_query_prints_a_table(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    shown = Shown(capsys, "query", "SELECT Name, Account.Name FROM Contact ORDER BY Name LIMIT 3")
    assert shown.code == 0
    head, *rows = [line for line in shown.out.splitlines() if line.startswith(("┃", "│"))]
    assert [cell.strip() for cell in head.strip("┃").split("┃")] == ["Name", "Account.Name"]
    assert len(rows) == 3
    assert shown.err == ""


def test_query_prints_json_lines_page_by_page(app: App, org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    shown = Shown(capsys, "query", "--json", "--max-rows", "0", "SELECT Id, Account.Name FROM Contact")
    assert (shown.code, shown.err) == (0, "")
    assert len({record["Id"] for record in shown.lines}) == 2500
    assert set(shown.lines[0]) == {"Id", "Account"}
    assert set(shown.lines[0]["Account"]) == {"Name"}
    assert org.token_requests == 1


@pytest.mark.parametrize(("arguments", "rows"), [((), 2000), (("--max-rows", "7"), 7)])
def test_what_was_left_out_is_said_aloud(
    app: App, arguments: tuple[str, ...], rows: int, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = Shown(capsys, "query", *arguments, "--json", "SELECT Id FROM Contact")
    assert len(shown.lines) == rows
    assert shown.told == [{"warning": f"Stopped at {rows:,} of 2,500 rows. All of them: --max-rows 0"}]
    assert shown.code == 0


def test_query_survives_an_expired_session_between_pages(
    app: App, org: Org, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    send = httpx.Client.send

    def expire_before_the_second_page(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        if "-2000" in request.url.path:
            org.expire_sessions()
        return send(client, request, **options)

    monkeypatch.setattr(httpx.Client, "send", expire_before_the_second_page)
    shown = Shown(capsys, "query", "--json", "--max-rows", "0", "SELECT Id FROM Contact")
    assert (shown.code, len(shown.lines)) == (0, 2500)
    assert org.token_requests == 2


def test_counts_subqueries_and_nothing(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert Shown(capsys, "query", "--json", "SELECT COUNT() FROM Contact").lines == [{"count()": 2500}]
    counted = Shown(capsys, "query", "SELECT COUNT() FROM Contact")
    assert ("2500" in counted.out, counted.err) == (True, "")

    parents = "SELECT Name, (SELECT LastName FROM Contacts LIMIT 2) FROM Account LIMIT 1"
    ((account,),) = (Shown(capsys, "query", "--json", parents).lines,)
    assert [set(contact) for contact in account["Contacts"]] == [{"LastName"}] * 2
    assert "2 records" in Shown(capsys, "query", parents).out

    empty = Shown(capsys, "query", "SELECT Id FROM Contact WHERE LastName = 'Nobody at all'")
    assert (empty.code, empty.out, empty.err) == (0, "", "Note: The query found no rows.\n")
    assert Shown(capsys, "query", "--json", "SELECT Id FROM Contact WHERE LastName = 'Nobody at all'").out == ""


def test_a_wrong_query_is_told_in_salesforces_words(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    shown = Shown(capsys, "query", "SELECT Nope FROM Contact")
    assert (shown.code, shown.out) == (1, "")
    assert "INVALID_FIELD" in shown.err
    assert "No such column 'Nope'" in shown.err
    told = Shown(capsys, "query", "--json", "SELECT Nope FROM Contact").told
    assert told[0]["exit_code"] == 1


def test_a_refused_api_is_diagnosed(app: App, org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    org.policies.api_enabled = False
    shown = Shown(capsys, "query", "--json", "SELECT Id FROM Contact")
    assert shown.code == 1
    assert shown.told[0]["error"]["diagnosis"]["cause"]["id"] == "API_DISABLED"


def test_the_api_version_is_the_newest_unless_named(app: App, org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    assert Shown(capsys, "query", "--api-version", "v64", "--json", "SELECT Id FROM Contact LIMIT 1").code == 0
    assert "/services/data/v64.0/query" in {entry.path for entry in org.log}
    assert Shown(capsys, "query", "--api-version", "newest", "SELECT Id FROM Contact").code == 2


def test_a_host_that_is_not_there_is_named(
    app: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SALESFORCE_LOGIN_URL", "http://127.0.0.1:9")
    shown = Shown(capsys, "query", "--json", "SELECT Id FROM Contact")
    assert shown.code == 3
    assert shown.told[0]["error"]["diagnosis"]["cause"]["id"] == "ENDPOINT_UNREACHABLE_REFUSED"


@pytest.mark.parametrize("call", [0, 1])
def test_an_answer_that_breaks_off_is_no_riddle(
    app: App, org: Org, call: int, capsys: pytest.CaptureFixture[str]
) -> None:
    org.faults.add("rest", drop="midway", skip=call)
    shown = Shown(capsys, "query", "--json", "SELECT Id FROM Contact")
    assert (shown.code, shown.out) == (1, "")
    diagnosis = shown.told[0]["error"]["diagnosis"]
    assert diagnosis["cause"]["id"] == "ENDPOINT_UNREACHABLE"
    assert diagnosis["cause"]["remedy"][0].startswith("Try again")
    assert any("RemoteProtocolError" in fact for fact in diagnosis["evidence"])
    assert org.token_requests == 1


def test_a_terminal_is_told_what_is_waited_for(
    app: App, org: Org, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    shown = Shown(capsys, "query", "SELECT Id FROM Contact LIMIT 1")
    assert f"Logging in at {org.login_url}" in shown.err
    assert f"rows of {org.login_url}" in shown.err
