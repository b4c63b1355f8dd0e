"""``orgkey explain`` through the front door: text as arguments or from stdin, for people and for programs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from orgkey.cli.app import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ORGKEY = [sys.executable, "-m", "orgkey"]


def explain(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ORGKEY, "explain", *arguments], input=stdin, capture_output=True, text=True, check=False, timeout=30
    )


def test_it_prints_cause_and_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--grant", "jwt", "invalid_grant", "user hasn't approved this consumer"]) == 0
    shown = re.sub(r"[│\s]+", " ", capsys.readouterr().out)
    assert "USER_NOT_APPROVED" in shown
    assert "1. Setup > External Client App Manager" in shown
    assert "It said: invalid_grant: user hasn't approved this consumer" in shown
    assert "Who can end it: the org's Salesforce administrator (until somebody acts)" in shown
    assert "Source: https://github.com/omniphx/forrest/issues/278" in shown


def test_it_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--json", "unknown_error: retry your request"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["cause"]["id"] == "RETRY_REQUEST"
    assert told["cause"]["permanence"] == "transient"
    assert told["wire"] == "unknown_error: retry your request"


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_it_reads_a_log_line_from_stdin(arguments: list[str]) -> None:
    line = '2026-03-01 02:11 ERROR {"error":"invalid_grant","error_description":"no client credentials user enabled"}\n'
    found = explain(*arguments, "--json", stdin=line)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["cause"]["id"] == "RUN_AS_USER_MISSING"


def test_bytes_that_are_no_text_are_read_as_far_as_they_go() -> None:
    found = subprocess.run(
        [*ORGKEY, "explain"], input=b"\xff\xfe INVALID_SESSION_ID", capture_output=True, check=False, timeout=30
    )
    assert found.returncode == 0
    assert b"SESSION_EXPIRED" in found.stdout


def test_what_is_unknown_is_said_with_exit_code_1_and_what_it_could_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--grant", "client-credentials", "invalid_grant"]) == 1
    shown = capsys.readouterr().out
    assert "UNKNOWN" in shown
    assert "It could also be:" in shown
    assert "RUN_AS_USER_MISSING" in shown


@pytest.mark.parametrize("url", ["https://login.salesforce.com", "login.salesforce.com"])
def test_the_login_url_narrows_it_down(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--login-url", url, "app_not_found"]) == 0
    assert "External Client Apps answer only at My Domain: set SALESFORCE_LOGIN_URL" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["jwt", "jwt-bearer", "jwt_bearer", "JWT"])
def test_the_grant_may_be_written_as_anywhere_else(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--json", "--grant", name, "invalid_grant: expired authorization code"]) == 0
    assert json.loads(capsys.readouterr().out)["cause"]["id"] == "JWT_EXPIRED"


def test_a_profile_says_what_the_text_does_not(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    canary: Callable[[str], str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = tmp_path / "given" / "profiles.toml"
    config.parent.mkdir()
    settings = {
        "login_url": "https://acme.my.salesforce.com",
        "client_id": "3MVG9acme",
        "client_secret": canary("client secret"),
    }
    config.write_text("[prod]\n" + "".join(f'{name} = "{value}"\n' for name, value in settings.items()))
    config.chmod(0o600)
    monkeypatch.setenv("ORGKEY_CONFIG", str(config))
    run(["explain", "--json", "--profile", "prod", "invalid_grant"])
    told = json.loads(capsys.readouterr().out)
    assert "grant: client_credentials" in told["evidence"]
    assert "token asked of: acme.my.salesforce.com" in told["evidence"]
    assert "USER_NOT_APPROVED" not in [cause["id"] for cause in told["alternatives"]]


def test_secrets_in_the_text_are_not_repeated(canary: Callable[[str], str], capsys: pytest.CaptureFixture[str]) -> None:
    token = "00D5g000004XYZA!AQEAQFakeTokenThatMustNotBeSeen"
    assert run(["explain", "--json", f"new_error {token} client_secret={canary('client secret')}"]) == 1
    shown = capsys.readouterr().out
    assert "new_error 00D5g000004XYZA!********** client_secret=**********" in shown


@pytest.mark.parametrize("text", [[""], ["-"]], ids=["an empty argument", "an empty pipe"])
def test_nothing_is_not_explained(text: list[str]) -> None:
    command = [sys.executable, "-m", "orgkey", "explain", *text]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is nothing to explain" in done.stderr
