"""The search for leaked secrets finds them, wherever they come out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import canaries
import pytest

SECRETS = {
    "canary": canaries.canary("client secret"),
    "access token": "00D0" + "A" * 11 + "!AQ0" + "x" * 40,
    "refresh token": "5Aep861" + "r" * 64,
    "authorization code": "aPrx" + "c" * 64,
    "JWT": f"eyJ{'a' * 20}.eyJ{'b' * 20}.{'c' * 60}",
    "private key": "-----BEGIN PRIVATE " + "KEY-----\n" + "M" * 64,
}

LEAKS = """
import logging, pathlib, subprocess, sys
import canaries, typer
from typer.testing import CliRunner

SECRET = canaries.canary("leak")

def test_printed(): print(SECRET)
def test_logged(): logging.getLogger("leak").debug("sent %s", SECRET)
def test_asked_for(capsys): print(SECRET); capsys.readouterr()
def test_command():
    app = typer.Typer()
    app.command()(lambda: print(SECRET))
    CliRunner().invoke(app)
def test_child(): subprocess.run([sys.executable, "-c", f"print('{SECRET}')"], capture_output=True)
def test_nothing(): print("all is well")
def test_files(tmp_path):
    (tmp_path / "report.json").write_text(SECRET)
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "profile.toml").write_text(SECRET)
"""

CONFTEST = """
import canaries

def pytest_configure(config):
    config.pluginmanager.register(canaries.Watch(), "canaries")

def pytest_unconfigure(config):
    watch = config.pluginmanager.getplugin("canaries")
    watch.search_files(config._tmp_path_factory.getbasetemp())
    print("\\n".join(watch.found))
"""


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_of_each_kind_is_seen_inside_other_text(kind: str) -> None:
    (sighting,) = canaries.sightings(f'POST /token {{"key": "{SECRETS[kind]}"}}')
    assert sighting.startswith(kind)


def test_each_way_out_is_watched_and_input_is_not(tmp_path: Path) -> None:
    leaky = tmp_path / "given" / "suite"
    leaky.mkdir(parents=True)
    (leaky / "conftest.py").write_text(CONFTEST)
    (leaky / "test_leaks.py").write_text(LEAKS)
    command = [sys.executable, "-m", "pytest", "--log-level=DEBUG", f"--basetemp={leaky / 'tmp'}", str(leaky)]
    support = str(Path(canaries.__file__).parent)
    run = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(leaky), "-p", "no:cacheprovider"],
        env={**os.environ, "PYTHONPATH": support, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "7 passed" in run.stdout, run.stdout + run.stderr
    for leak in ("test_printed", "test_logged", "test_asked_for", "test_command", "test_child", "report.json"):
        assert leak in run.stdout
    assert "test_nothing" not in run.stdout
    assert "profile.toml" not in run.stdout
