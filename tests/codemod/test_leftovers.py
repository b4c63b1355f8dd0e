"""Variables that an earlier fix left behind are found by the login that took their place, and only where that is sure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest
from trees import lay_out

from orgkey_codemod import cli

if TYPE_CHECKING:
    from pathlib import Path

APP: Final = "from orgkey_simple_salesforce import Salesforce\n\nsf = Salesforce()\n"
SF_APP: Final = (
    "import os\n\nfrom orgkey_simple_salesforce import Salesforce\n\n"
    'sf = Salesforce(username=os.environ["SF_USERNAME"], domain="test")\n'
)
OLD: Final = "SALESFORCE_USERNAME=\nSALESFORCE_PASSWORD=\nSALESFORCE_SECURITY_TOKEN=\nPORT=80\n"
NEW: Final = "SALESFORCE_USERNAME=\nSALESFORCE_CLIENT_ID=\nSALESFORCE_PRIVATE_KEY_FILE=\nPORT=80\n"


def found(given: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[tuple[str, int, str, str | None]]:
    capsys.readouterr()
    cli.main(["check", "--format", "json", *words, str(given)])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return [(each["path"], each["line"], each["code"], each["reason"]) for each in findings]


def test_what_is_left_is_for_review_and_goes_with_unsafe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = lay_out(
        tmp_path,
        {
            "app.py": APP,
            ".env.example": OLD,
            "compose.yml": "services:\n  app:\n    environment:\n      SALESFORCE_PASSWORD: ${SALESFORCE_PASSWORD}\n",
            ".github/workflows/sync.yml": "env:\n  SALESFORCE_PASSWORD: ${{ secrets.SALESFORCE_PASSWORD }}\n",
            "README.md": "# Setup\n\n```sh\nexport SALESFORCE_PASSWORD=...\n```\n",
        },
    )
    assert found(given, capsys, "--docs") == [
        (".env.example", 2, "SFA601", None),
        (".env.example", 3, "SFA601", None),
        (".github/workflows/sync.yml", 2, "SFA601", None),
        (".github/workflows/sync.yml", 2, "SFA902", "NON_PYTHON"),
        ("README.md", 4, "SFA602", None),
        ("compose.yml", 4, "SFA601", None),
    ]
    assert cli.main(["fix", str(given)]) == 1
    assert (given / ".env.example").read_text() == OLD
    cli.main(["fix", "--unsafe", "--docs", str(given)])
    assert (given / ".env.example").read_text() == NEW
    assert "SALESFORCE_PRIVATE_KEY: ${{ secrets" in (given / ".github/workflows/sync.yml").read_text()
    assert "PASSWORD" not in "".join(path.read_text() for path in given.rglob("*") if path.is_file())
    assert found(given, capsys, "--docs") == []


def test_a_second_run_finds_what_the_first_one_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = APP.replace("orgkey_", "").replace(
        "Salesforce()", 'Salesforce(username=os.environ["SALESFORCE_USERNAME"], password=PASSWORD, security_token="")'
    )
    before = "import os\n\n" + before.replace("sf =", 'PASSWORD = os.environ["SALESFORCE_PASSWORD"]\nsf =')
    given = lay_out(tmp_path, {"app.py": before, "compose.yml": "environment:\n  - SALESFORCE_PASSWORD=${PW}\n"})
    cli.main(["fix", str(given)])
    assert (given / "app.py").read_text() == "\n" + APP
    assert found(given, capsys) == [("compose.yml", 2, "SFA601", None)]


@pytest.mark.parametrize(
    "written",
    ["SALESFORCE_CLIENT_ID=\nSALESFORCE_CLIENT_SECRET=\n", "SALESFORCE_CLIENT_ID=\nSALESFORCE_PRIVATE_KEY=awskms:x\n"],
)
def test_variables_that_are_there_are_not_written_again(written: str, tmp_path: Path) -> None:
    given = lay_out(tmp_path, {"app.py": APP, ".env.example": written + "SALESFORCE_PASSWORD=\n"})
    cli.main(["fix", "--unsafe", str(given)])
    assert (given / ".env.example").read_text() == written


def test_short_names_need_a_sibling_that_the_login_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    env = "SF_PASSWORD=\nSF_TOKEN=\nACME_PASSWORD=\nSFDC_TOKEN=\n"
    given = lay_out(tmp_path, {"app.py": APP, ".env.example": env})
    assert found(given, capsys) == []
    (given / "app.py").write_text(SF_APP)
    assert [line for _, line, _, _ in found(given, capsys)] == [1, 2]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".env.example", "SF_PASSWORD=\nSF_WAREHOUSE=\n"),
        ("warehouse.py", 'import snowflake.connector\n\nNOTE = "beside Salesforce"\n'),
    ],
)
def test_beside_snowflake_nobody_knows_whose_it_is(
    name: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = lay_out(tmp_path, {"app.py": SF_APP, ".env.example": "SF_PASSWORD=\n", name: text})
    assert found(given, capsys) == [(".env.example", 1, "SFA601", "AMBIGUOUS_PREFIX")]
    before = (given / ".env.example").read_text()
    cli.main(["fix", "--unsafe", str(given)])
    assert (given / ".env.example").read_text() == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("other.py", 'PASSWORD = config("SALESFORCE_PASSWORD")\n', id="another_reader"),
        pytest.param(
            "other.py", "class Settings(BaseSettings):\n    salesforce_password: str\n", id="a_settings_field"
        ),
        pytest.param(
            "other.py", 'class Settings(BaseSettings, env_prefix="SALESFORCE_"):\n    password: str\n', id="a_prefix"
        ),
        pytest.param("load.sh", 'sfdx login --password "$SALESFORCE_PASSWORD"\n', id="a_script"),
        pytest.param("load.sh", 'load --password "$(printenv SALESFORCE_PASSWORD)"\n', id="a_script_by_a_command"),
        pytest.param("Makefile", "load:\n\tload --password $(SALESFORCE_PASSWORD)\n", id="a_makefile"),
        pytest.param("load.js", "load(process.env.SALESFORCE_PASSWORD)\n", id="another_language"),
        pytest.param("load", '#!/bin/sh\nload "${SALESFORCE_PASSWORD:?}"\n', id="a_script_without_an_ending"),
        pytest.param("run.py", 'run("load $SALESFORCE_PASSWORD", shell=True)\n', id="a_command_in_a_text"),
        pytest.param("app.py", 'import os\n\nUSER = os.environ["SALESFORCE_USERNAME"]\n', id="no_login_of_ours"),
    ],
)
def test_what_something_may_still_read_stays(
    name: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = lay_out(tmp_path, {"app.py": APP, ".env.example": "SALESFORCE_PASSWORD=\n", name: text})
    assert [each for each in found(given, capsys) if each[2] == "SFA601"] == []
    cli.main(["fix", "--unsafe", str(given)])
    assert (given / ".env.example").read_text() == "SALESFORCE_PASSWORD=\n"


def test_a_program_beside_it_keeps_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"sync/app.py": APP, "sync/.env.example": OLD, "java/.env.example": "SALESFORCE_PASSWORD=\n"}
    given = lay_out(tmp_path, files)
    assert {path for path, *_ in found(given, capsys)} == {"sync/.env.example"}
