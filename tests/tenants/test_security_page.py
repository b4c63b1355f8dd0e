"""SECURITY.md's checklist: every test that it names is there, and the grant that it forbids is not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import orgkey

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_a_line_of_the_checklist_has_its_test(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    assert test in functions


def test_every_line_that_we_decide_has_one() -> None:
    rows = re.findall(r"^\| [\d., ]+\|.*$", (ROOT / "SECURITY.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 15
    without = [row for row in rows if "::" not in row]
    assert [row.split("|")[1].strip() for row in without] == ["4.16, 4.17"]


def test_no_password_grant_exists() -> None:
    names = {name.lower() for name in dir(orgkey.grants)} | {name.lower() for name in orgkey.__all__}
    assert {name for name in names if "password" in name} == {"passwordignoredwarning"}
    sources = (ROOT / "shared_auth" / "src", ROOT / "packages" / "orgkey-tenants" / "src")
    sent = [
        path
        for root in sources
        for path in root.rglob("*.py")
        if '"grant_type": "password"' in path.read_text(encoding="utf-8")
    ]
    assert sent == []
