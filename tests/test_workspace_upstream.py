"""The check on simple-salesforce's own suite: what it lets pass, and what it does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import simple_salesforce
import upstream_suite

STOCK = {"a": "passed", "b": "passed", "c": "failed", "d": "skipped"}


def complaints(ours: dict[str, str], expected: dict[str, str]) -> list[str]:
    return [text.split(" ", 1)[1].split(",")[0] for text in upstream_suite.compare("replaced", STOCK, ours, expected)]


def test_what_fails_with_both_classes_is_no_difference() -> None:
    assert complaints(STOCK, {}) == []


@pytest.mark.parametrize("now", ["failed", "skipped"])
def test_a_difference_that_is_not_listed_is_told(now: str) -> None:
    assert complaints(STOCK | {"b": now}, {}) == ["b passes with simple-salesforce's own class"]
    assert complaints(STOCK | {"b": now}, {"b": "why"}) == []


def test_a_test_that_went_missing_is_told() -> None:
    assert complaints({"a": "passed"}, {}) == ["b passes with simple-salesforce's own class"]


def test_a_listed_difference_that_is_none_any_more_is_told() -> None:
    assert complaints(STOCK, {"b": "why"}) == ["b is listed"]
    assert complaints(STOCK, {"gone": "why"}) == ["gone is listed"]
    assert complaints(STOCK, {"c": "it fails with both"}) == ["c is listed"]


def test_a_checkout_is_run_three_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a package that is here in the place of a checkout, and a suite of our own."""
    package = tmp_path / "simple_salesforce"
    shutil.copytree(Path(simple_salesforce.__file__).parent, package)
    (package / "tests").mkdir()
    (package / "tests" / "__init__.py").write_text("LOGIN_RESPONSE_SUCCESS = TOKEN_LOGIN_RESPONSE_SUCCESS = ''\n")
    (package / "tests" / "test_made_up.py").write_text(
        "import os, pytest\n"
        "from simple_salesforce import Salesforce, SalesforceAuthenticationFailed\n"
        "def test_a_token(): Salesforce(session_id='x', instance='acme.my.salesforce.com')\n"
        "def test_a_password():\n"
        "    with pytest.raises((OSError, SalesforceAuthenticationFailed)) as failed: Salesforce('me', 'x', '')\n"
        "    assert isinstance(failed.value, OSError)\n"
    )
    listed = tmp_path / "listed.toml"
    entry = (
        '[[difference]]\ntest = "test_made_up.py::test_a_password"\nruns = ["replaced"]\nreason = "it is not sent"\n'
    )
    listed.write_text(entry)
    assert upstream_suite.main(tmp_path, listed) == 1
    printed = capsys.readouterr().out
    assert "configured: test_made_up.py::test_a_password passes with" in printed
    assert "stock      2 passed, 0 failed" in printed
    assert "replaced   1 passed, 1 failed" in printed
    assert "it is not sent" in printed


def test_a_folder_that_is_no_checkout_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert upstream_suite.main(tmp_path) == 2
    assert "checkout" in capsys.readouterr().out


def test_each_difference_has_a_reason() -> None:
    text = upstream_suite.DIFFERENCES.read_text(encoding="utf-8")
    assert text.count("[[difference]]") == text.count('reason = "')
