"""The command line as a whole: exit codes, failures as one message, plugins' commands, terminals and pipes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import typer
from redirected import CLOSED, FULL, redirected, unix_only

import orgkey
from orgkey import __main__, plugins
from orgkey.cli.app import run
from orgkey.cli.output import Output
from orgkey.plugins import CommandPlugin

if TYPE_CHECKING:
    from collections.abc import Callable

ORGKEY = [sys.executable, "-m", "orgkey"]


@pytest.fixture
def add_command(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], Any]], None]:
    """Register one more command, as a plugin would."""

    def add(name: str, load: Callable[[], Any]) -> None:
        commands = {**plugins.commands(), name: CommandPlugin(name, load)}
        monkeypatch.setattr(plugins, "commands", lambda: commands)

    return add


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"orgkey {orgkey.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_the_commands_and_the_exit_codes(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for word in ("explain", "whoami", "query", "plugins", "--install-completion", "Exit codes: 0 done", "3 Salesforce"):
        assert word in shown


def test_the_shell_is_told_how_to_complete() -> None:
    asked = {"_ORGKEY_COMPLETE": "complete_bash", "COMP_WORDS": "orgkey wh", "COMP_CWORD": "1"}
    code = "import sys; from orgkey.cli.app import run; sys.exit(run([]))"
    found = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | asked, capture_output=True, text=True, check=False, timeout=30
    )
    assert found.stdout.split() == ["whoami"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["nosuch"], "No such command 'nosuch'"),
        (["query"], "Missing argument 'SOQL'"),
        (["query", " "], "The query is empty"),
        (["query", "SELECT Id FROM Account", "--max-rows", "-1"], "--max-rows"),
        (
            ["explain", "--grant", "magic", "invalid_grant"],
            "There is no grant 'magic'. It is one of: authorization-code",
        ),
        (["whoami"], "SALESFORCE_CLIENT_ID"),
    ],
)
def test_what_cannot_work_is_told_on_stderr_with_exit_code_2(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    plain = capsys.readouterr()
    assert plain.out == ""
    assert problem in re.sub(r"[│\s]+", " ", plain.err)
    assert "Traceback" not in plain.err

    assert run([*arguments, "--json"]) == 2
    as_json = capsys.readouterr()
    assert as_json.out == ""
    told = json.loads(as_json.err)
    assert told["exit_code"] == 2
    assert problem in told["error"]["message"]


def test_all_problems_of_the_settings_are_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SALESFORCE_GRANT", "jwt_bearer")
    assert run(["whoami", "--json"]) == 2
    problems = json.loads(capsys.readouterr().err)["error"]["problems"]
    for name in ("SALESFORCE_CLIENT_ID", "SALESFORCE_USERNAME", "SALESFORCE_PRIVATE_KEY"):
        assert any(name in problem for problem in problems)


def test_warnings_become_notes(
    monkeypatch: pytest.MonkeyPatch, canary: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SALESFORCE_PASSWORD", canary("password"))
    run(["whoami"])
    assert re.search(r"Note: SALESFORCE_PASSWORD is set and not used", capsys.readouterr().err)
    run(["whoami", "--json"])
    first, second = capsys.readouterr().err.splitlines()
    assert json.loads(first)["warning"].startswith("SALESFORCE_PASSWORD is set")
    assert "error" in json.loads(second)


def test_a_plugin_brings_a_command_or_a_group(
    add_command: Callable[[str, Callable[[], Any]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    group = typer.Typer()

    @group.command()
    def list() -> None:  # noqa: A001  # the command's name
        """List them."""
        typer.echo("three tenants")

    @group.command()
    def show(name: str) -> int:
        """Show one."""
        typer.echo(name)
        return 1

    add_command("tenants", lambda: group)
    assert run(["tenants", "list"]) == 0
    assert run(["tenants", "show", "acme"]) == 1
    assert capsys.readouterr().out == "three tenants\nacme\n"


def test_a_command_that_does_not_load_is_named_and_left_out(
    add_command: Callable[[str, Callable[[], Any]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    add_command("doctor", lambda: 1 / 0)
    assert run(["plugins", "--json"]) == 0
    told = json.loads(capsys.readouterr().err)
    assert told == {
        "warning": "The command 'doctor' cannot be loaded and was left out: ZeroDivisionError: division by zero"
    }


def test_a_fault_in_a_command_is_one_message_without_secrets(
    add_command: Callable[[str, Callable[[], Any]], None],
    canary: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken() -> None:
        raise RuntimeError(f"client_secret={canary('client secret')} [bold]and markup")

    add_command("broken", lambda: broken)
    assert run(["broken"]) == 1
    told = re.sub(r"[│\s]+", " ", capsys.readouterr().err)
    assert "RuntimeError: client_secret=********** [bold]and markup" in told
    assert "ORGKEY_DEBUG=1" in told
    assert "Traceback" not in told

    monkeypatch.setenv("ORGKEY_DEBUG", "1")
    assert run(["broken"]) == 1
    told = capsys.readouterr().err
    assert "Traceback" in told
    assert "canary" not in told


def test_plugins_are_listed_with_what_they_bring(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plugins", "--json"]) == 0
    listed = {plugin["name"]: plugin for plugin in json.loads(capsys.readouterr().out)}
    assert listed["orgkey.keys.builtin"]["brings"] == ["key source file", "key source env"]
    assert run(["plugins"]) == 0
    assert "key source file, key source env" in capsys.readouterr().out


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(__main__, "find_spec", lambda name: None)
    assert __main__.main() == 2
    assert capsys.readouterr().err == "The orgkey command needs typer and rich. Install: pip install 'orgkey[cli]'\n"


def test_nothing_that_goes_into_a_pipe_is_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    Output().table(["Description"], [["x" * 500]])
    assert "x" * 500 in capsys.readouterr().out


def test_records_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Output().table(["Name\x07"], [["Acme \x1b]0;owned\x07 [red]Ltd"], ["two\nlines"]])
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert r"Acme \x1b]0;owned\x07 [red]Ltd" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_is_for_terminals(variables: dict[str, str], coloured: bool) -> None:
    import pty

    environment = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    environment |= {"TERM": "xterm-256color", **variables}
    command = [*ORGKEY, "explain", "app_not_found"]
    leader, follower = pty.openpty()
    with subprocess.Popen(command, stdout=follower, stderr=follower, env=environment) as process:
        os.close(follower)
        shown = _read_all(leader)
    assert process.returncode == 0
    assert "APP_NOT_FOUND" in shown
    assert ("\x1b[31m" in shown) is coloured

    piped = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=30)
    assert "\x1b" not in piped.stdout


def _read_all(descriptor: int) -> str:
    read = b""
    try:
        while chunk := os.read(descriptor, 65536):
            read += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(descriptor)
    return read.decode()


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_fault(unbuffered: str) -> None:
    command = [*ORGKEY, "plugins", "--json"]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
    assert "Traceback" not in told
    assert "BrokenPipe" not in told


@unix_only
@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("how", CLOSED)
@pytest.mark.parametrize(("words", "code"), [("plugins", 0), ("plugins --json", 0), ("--version", 0), ("nosuch", 2)])
def test_a_stream_that_is_closed_is_no_fault(words: str, code: int, how: str, *, unbuffered: bool) -> None:
    done = redirected([*ORGKEY, *words.split()], how, unbuffered=unbuffered)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


@unix_only
@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("how", FULL)
@pytest.mark.parametrize("words", ["plugins", "plugins --json", "--version"])
def test_a_full_disk_is_told_as_what_it_is(words: str, how: str, *, unbuffered: bool) -> None:
    done = redirected([*ORGKEY, *words.split()], how, unbuffered=unbuffered)
    assert done.returncode == 1
    told = " ".join(done.stderr.replace("│", " ").split())
    assert ("What the command wrote was not taken: No space left on device." in told) is (how == FULL[0])
    for wrong in ("fault", "Traceback", "Exception ignored"):
        assert wrong not in told


@unix_only
def test_a_failure_keeps_its_exit_code_where_stderr_takes_nothing() -> None:
    assert redirected([*ORGKEY, "nosuch"], "2>/dev/full", unbuffered=True).returncode == 2
