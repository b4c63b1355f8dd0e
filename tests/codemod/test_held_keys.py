"""A variable stays in the settings as long as anything of the program asks for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from orgkey_codemod import cli

HEAD: Final = "import os\n\nfrom simple_salesforce import Salesforce\n\n"
LOGIN: Final = (
    'sf = Salesforce(username=os.environ["SF_USER"], password=os.environ["SF_PASSWORD"], security_token="")\n'
)
EXAMPLE: Final = "SF_USER=\nSF_PASSWORD=\n"


@pytest.fixture
def given(tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / ".env.example").write_text(EXAMPLE)
    return folder


def fix(folder: Path, *words: str) -> str:
    assert cli.main(["fix", *words, str(folder)]) in {0, 1}
    return (folder / ".env.example").read_text()


def findings(folder: Path, capsys: pytest.CaptureFixture[str], code: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    cli.main(["check", "--format", "json", str(folder)])
    return [each for each in json.loads(capsys.readouterr().out)["findings"] if each["code"] == code]


@pytest.mark.parametrize(
    "check",
    [
        'for key in ("SF_USER", "SF_PASSWORD"):\n    if key not in os.environ:\n        raise SystemExit(key)\n',
        'assert os.environ.get("SF_PASSWORD"), "no password"\n',
    ],
)
def test_a_check_keeps_it_until_the_check_goes(check: str, given: Path) -> None:
    (given / "app.py").write_text(HEAD + check + LOGIN)
    assert fix(given) == EXAMPLE
    (given / "app.py").write_text(HEAD + check + LOGIN)
    assert "SF_PASSWORD" not in fix(given, "--unsafe")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.py", 'settings = {key: os.environ[key] for key in ("SF_PASSWORD",)}\n'),
        (
            "start.py",
            'import os\n\nREQUIRED = {"SF_PASSWORD": "the password"}\nprint([os.environ[key] for key in REQUIRED])\n',
        ),
        ("app.py", 'if os.environ.get("SF_PASSWORD"):\n    print("the nightly job runs")\n'),
    ],
)
def test_what_no_edit_changes_keeps_it_for_good(
    name: str, text: str, given: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (given / "app.py").write_text(HEAD + (text if name == "app.py" else "") + LOGIN)
    if name != "app.py":
        (given / name).write_text(text)
    (finding,) = findings(given, capsys, "SFA601")
    assert finding["level"] == "report"
    assert "asks for it by name" in finding["message"]
    assert fix(given, "--unsafe") == EXAMPLE


def test_what_only_a_login_under_review_reads_goes_with_it(given: Path) -> None:
    (given / "app.py").write_text(
        HEAD + 'pw = os.environ["SF_PASSWORD"]\n'
        'sf = Salesforce("a@acme.example", pw, "Tr0ub4dor-and-3", None, None, "acme.my.salesforce.com", version="58.0")\n'
    )
    assert fix(given) == EXAMPLE
    assert "SF_PASSWORD" not in fix(given, "--unsafe")
    assert "SF_PASSWORD" not in (given / "app.py").read_text()


def test_what_no_edit_takes_from_the_code_stays_in_the_settings(given: Path) -> None:
    (given / "app.py").write_text(HEAD + 'A = B = os.environ["SF_PASSWORD"]\nsf = Salesforce("a@acme.example", A, B)\n')
    assert fix(given, "--unsafe") == EXAMPLE
    assert 'A = B = os.environ["SF_PASSWORD"]' in (given / "app.py").read_text()
