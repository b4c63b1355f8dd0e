"""What the README shows is run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orgkey_sim import control
from orgkey_sim.faults import Fault
from orgkey_sim.model import App, Org, OrgPolicies, User
from orgkey_sim.oauth.errors import ROWS
from orgkey_sim.worldfile import load

if TYPE_CHECKING:
    from orgkey_sim import World

README = (Path(__file__).resolve().parents[2] / "packages" / "orgkey-sim" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
SCRIPTS = [code for language, code in BLOCKS if language == "python" and "def test_" not in code]
TESTS = [code for language, code in BLOCKS if language == "python" and "def test_" in code]


@pytest.mark.parametrize("code", SCRIPTS)
def test_its_scripts_run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_its_pytest_example_passes(tmp_path: Path) -> None:
    (tmp_path / "test_example.py").write_text("\n".join(TESTS))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_its_world_file_loads(tmp_path: Path, salesforce_world: World) -> None:
    (text,) = [code for language, code in BLOCKS if language == "toml"]
    path = tmp_path / "world.toml"
    path.write_text(text)
    load(path, salesforce_world)
    (org,) = salesforce_world
    assert org.app("Acme Agent")


def test_the_table_of_apps_of_consents_has_keys_and_defaults_that_are() -> None:
    table = README.partition("## Apps of consents")[2].partition("## In CI")[0]
    known = signature(Org.create_app).parameters
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|", table, re.MULTILINE)
    keys = [key for row, _ in rows for key in re.findall(r"`(\w+)`", row)]
    assert {"callback_urls", "scopes", "permitted_users"} <= set(keys) <= known.keys()
    for row, default in rows:
        for key, said in zip(re.findall(r"`(\w+)`", row), re.findall(r"`(.*?)`", default), strict=False):
            value = known[key].default
            assert json.dumps(list(value) if isinstance(value, tuple) else value) == said, key


def test_the_rows_operations_and_settings_it_names_exist() -> None:
    table = README.partition("## What can go wrong")[2].partition("## What is not")[0]
    rows = set(re.findall(r'(?:provoke|refuse_next)\("(\w+)"', README))
    assert rows
    assert rows <= ROWS.keys()
    for target, owner in (("org", Org), ("user", User), ("app", App)):
        for name in re.findall(rf"`{target}\.(\w+)\(", table) + re.findall(rf", `{target}\.(\w+)\(", table):
            assert callable(getattr(owner, name)), name
    for name in re.findall(r"policies\.(\w+)", README):
        assert name in OrgPolicies.__dataclass_fields__, name
    for arguments in re.findall(r"faults\.add\(([^)]*)\)", table):
        for name in re.findall(r"(\w+)=", arguments):
            assert name in Fault.__dataclass_fields__, name
    for path in re.findall(r"\$CONTROL/(\w+)", README):
        assert f"/{path}" in (control.__doc__ or "")
