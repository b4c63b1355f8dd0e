from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from orgkey_sim.cli import main
from orgkey_sim.server import bind

if TYPE_CHECKING:
    from servers import Servers

COMMAND = (sys.executable, "-m", "orgkey_sim.cli", "serve")
WORLD = """\
[[orgs]]
name = "acme"
[[orgs.users]]
username = "agent@acme.example"
[[orgs.apps]]
name = "Acme Agent"
run_as = "agent@acme.example"
"""


@pytest.fixture
def world_file(tmp_path: Path) -> Path:
    path = tmp_path / "world.toml"
    path.write_text(WORLD)
    return path


def test_one_line_of_json_says_where_everything_is(servers: Servers, world_file: Path) -> None:
    server = servers.start(*COMMAND, "--world", str(world_file), "--json")
    ready: dict[str, Any] = server.ready
    (org,) = ready["orgs"]
    (app,) = org["apps"]
    assert org["users"] == ["admin@acme.example", "agent@acme.example"]
    assert app["name"] == "Acme Agent"
    assert Path(app["private_key_file"]).read_text().startswith("-----BEGIN PRIVATE KEY-----")
    form = {"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    answer = httpx.post(f"{org['login_url']}/services/oauth2/token", data=form, trust_env=False).json()
    assert answer["instance_url"] == org["login_url"]
    assert httpx.get(ready["control_url"], trust_env=False).json() == ready
    server.stop()
    assert server.process.returncode == 0
    assert not Path(ready["ca_file"]).exists()


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_and_people_get_text(name: signal.Signals, world_file: Path) -> None:
    command = [*COMMAND, "--world", str(world_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "A local Salesforce is ready. Ctrl-C stops it.\n"
        process.send_signal(name)
        text, errors = process.stdout.read(), process.stderr.read()
    assert (process.returncode, errors) == (0, "")
    for part in ("proxy", "control", "acme.my.salesforce.com", "agent@acme.example", "Acme Agent", "consumer key"):
        assert part in text


def test_given_ports_are_used_and_taken_ones_are_named(servers: Servers, capsys: pytest.CaptureFixture[str]) -> None:
    with bind("127.0.0.1") as free:
        port = free.getsockname()[1]
    server = servers.start(*COMMAND, "--json", "--proxy", str(port))
    assert server.ready["proxy_url"] == f"http://127.0.0.1:{port}"
    assert server.ready["orgs"] == []
    assert main(["serve", "--proxy", str(port)]) == 1
    said = capsys.readouterr().err
    assert said == "orgkey-sim: cannot listen at 127.0.0.1: Address already in use\n"
    server.stop()


def test_a_bad_world_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "world.toml"
    path.write_text("[[orgs]]\nname = 'acme'\nkind = 'box'\n")
    assert main(["serve", "--world", str(path)]) == 1
    output = capsys.readouterr()
    assert output.err == (
        f"orgkey-sim: {path}:3: orgs[0].kind: must be one of production, sandbox, scratch, not 'box'\n"
    )
    assert output.out == ""


@pytest.mark.parametrize("arguments", [[], ["serve", "--http", "70000"], ["serve", "--http", "x"], ["dance"]])
def test_bad_usage_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: orgkey-sim" in capsys.readouterr().err


def test_help_says_why_not_to_listen_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["serve", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "whoever reaches another address can read every credential" in text


def test_it_is_ready_soon(servers: Servers) -> None:
    """The goal is one second on an idle machine; what is held here is that nothing slow crept in."""
    best = 60.0
    for _ in range(3):
        began = time.monotonic()
        server = servers.start(*COMMAND, "--json")
        best = min(best, time.monotonic() - began)
        server.stop()
    assert best < 6
    assert json.dumps(server.ready)
