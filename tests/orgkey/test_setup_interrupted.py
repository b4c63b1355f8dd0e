"""``orgkey setup`` and its rotation ended by a signal in the middle of writing: the next run finds nothing half made."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from orgkey.cli.app import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Stops where the given number of files is on the disk, says so, and goes on when it is told to.
STOPS = """
import os, signal, sys
from orgkey.cli.app import run
signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
left = int(sys.argv.pop(1))
sync = os.fsync
def fsync(descriptor):
    global left
    sync(descriptor)
    left -= 1
    if not left:
        print("now", flush=True)
        sys.stdin.readline()
os.fsync = fsync
sys.exit(run(sys.argv[1:]))
"""
pytestmark = pytest.mark.usefixtures("no_key_stays")
ORG = "https://acme.my.salesforce.com"
SETUP = ("setup", "--grant", "jwt", "--org", ORG, "--app-name", "Acme Agent", "--username", "agent@acme.example")


@contextmanager
def stopped_in_the_middle(after: int, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([sys.executable, "-c", STOPS, str(after), *arguments], text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        yield process


def end_in_the_middle(how: signal.Signals, after: int, *arguments: str) -> int:
    with stopped_in_the_middle(after, *arguments) as process:
        process.send_signal(how)
        _, complaint = process.communicate(timeout=30)
    assert "Traceback" not in complaint
    return process.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("after", [1, 7])
def test_a_setup_that_was_ended_can_be_run_again(how: signal.Signals, after: int, tmp_path: Path) -> None:
    command = (*SETUP, "--out", str(tmp_path / "agent"), "--json")
    assert end_in_the_middle(how, after, *command) == (130 if how is signal.SIGINT else -how)
    assert not (tmp_path / "agent").exists()
    if how is signal.SIGINT:
        assert list(tmp_path.iterdir()) == []
    assert run(command) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["agent"]
    assert (tmp_path / "agent" / "keys" / "acme-agent.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_of_two_setups_into_one_folder_the_first_is_finished(tmp_path: Path) -> None:
    command = (*SETUP, "--out", str(tmp_path / "agent"), "--json")
    second = [sys.executable, "-m", "orgkey", *command]
    with stopped_in_the_middle(3, *command) as first:
        (unfinished,) = tmp_path.iterdir()
        with subprocess.Popen(second, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=3)
            assert list(tmp_path.iterdir()) == [unfinished]
            made, _ = first.communicate("go on\n", timeout=30)
            _, refused = process.communicate(timeout=30)
    assert (first.returncode, process.returncode) == (0, 2)
    assert "exists and is not empty" in json.loads(refused)["error"]["message"]
    assert [path.name for path in tmp_path.iterdir()] == ["agent"]
    written = [path for path in (tmp_path / "agent").rglob("*") if path.is_file()]
    assert len(written) == len(json.loads(made)["files"])


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_rotation_that_was_ended_can_be_run_again(how: signal.Signals, tmp_path: Path) -> None:
    folder = tmp_path / "agent"
    assert run((*SETUP, "--out", str(folder), "--json")) == 0
    rotate = ("setup", "rotate-certificate", str(folder), "--json")
    before = sorted(folder.rglob("*"))
    end_in_the_middle(how, 3, *rotate)
    assert [path for path in before if not path.exists()] == []
    assert not (folder / "rotation-2").exists()
    assert run(rotate) == 0
    assert (folder / "rotation-2" / "setup.json").exists()
    assert list(folder.glob(".orgkey-unfinished*")) == []
