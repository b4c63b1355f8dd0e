"""Files that name no library may decide about a login all the same: they are found, and looked into."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from orgkey_codemod import cli

SERVICE: Final = (
    "from simple_salesforce import Salesforce\n\n\n"
    "def login(user, password, token):\n"
    "    return Salesforce(username=user, password=password, security_token=token)\n"
)


def findings(folder: Path, files: Mapping[str, str], capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    cli.main(["check", "--format", "json", str(folder)])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return found


@pytest.mark.parametrize(
    "handed_on",
    [
        {},
        {"api/__init__.py": "from svc import login as connect\n", "web.py": "from api import connect as login\n"},
        {
            "deeper.py": "from svc import login\n\n\ndef enter(u, p, t):\n    return login(u, p, t)\n",
            "web.py": "from deeper import enter as login\n",
        },
    ],
)
def test_a_caller_that_asks_a_person_keeps_the_password(
    handed_on: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web = handed_on.pop("web.py", "from svc import login\n")
    web += (
        "from flask import request\n\n\ndef view():\n"
        '    return login(request.form["u"], request.form["p"], request.form["t"])\n'
    )
    found = findings(tmp_path, {"svc.py": SERVICE, "web.py": web, **handed_on}, capsys)
    (login,) = (each for each in found if each["code"] == "SFA101")
    assert (login["level"], login["reason"]) == ("report", "USER_SUPPLIED_CREDENTIAL")


def test_a_secret_in_a_call_elsewhere_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = 'from svc import login\n\nsf = login("a@acme.example", "Tr0ub4dor-and-3", "")\n'
    found = findings(tmp_path, {"svc.py": SERVICE, "job.py": job}, capsys)
    assert [(each["path"], each["line"]) for each in found if each["code"] == "SFA901"] == [("job.py", 3)]


LOGIN: Final = (
    "import os\n\nfrom simple_salesforce import Salesforce\n\n"
    'sf = Salesforce(username="a@acme.example", password=os.environ["CRM_PW"], security_token=os.environ["CRM_T"])\n'
)


def test_settings_are_found_by_whatever_their_keys_are_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "app.py": LOGIN,
        ".env.example": "CRM_PW=\nCRM_T=\n",
        "ci/compose.yml": "environment:\n  CRM_T: ${CRM_T}\n",
    }
    found = findings(tmp_path, files, capsys)
    assert {each["path"] for each in found if each["code"] == "SFA601"} == {".env.example", "ci/compose.yml"}


def test_a_variable_that_another_program_reads_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        "app.py": LOGIN,
        ".env.example": "CRM_PW=\nCRM_T=\n",
        "report.py": 'import os\n\nprint(os.environ["CRM_T"])\n',
    }
    found = findings(tmp_path, files, capsys)
    assert [each["line"] for each in found if each["code"] == "SFA601"] == [1]


def test_what_says_nothing_of_a_login_is_not_examined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.py").write_text("def login():\n    return 1\n")
    cli.main(["check", "--format", "json", str(tmp_path)])
    capsys.readouterr()
    findings(tmp_path, {"app.py": LOGIN}, capsys)
    cli.main(["check", "--format", "json", str(tmp_path)])
    assert json.loads(capsys.readouterr().out)["summary"]["matched"] == 1


@pytest.mark.parametrize(
    "given",
    [
        "settings = get_settings()\nsf = Salesforce(username=settings.sf_user, password=settings.sf_password, security_token='')\n",
        "def client(settings: Settings):\n    return Salesforce(settings.sf_user, settings.sf_password, '')\n",
        "def client(settings: Annotated[Settings, Depends(get_settings)]):\n    return Salesforce(settings.sf_user, settings.sf_password, '')\n",
    ],
)
def test_fields_of_settings_are_found_however_they_come(
    given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "conf.py": (
            "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    sf_user: str\n"
            "    sf_password: str\n\n\ndef get_settings() -> Settings:\n    return Settings()\n"
        ),
        "app.py": (
            "from typing import Annotated\n\nfrom fastapi import Depends\nfrom simple_salesforce import Salesforce\n\n"
            "from conf import Settings, get_settings\n\n" + given
        ),
    }
    found = findings(tmp_path, files, capsys)
    assert [(each["path"], each["line"]) for each in found if each["code"] == "SFA501"] == [("conf.py", 6)]


CRM: Final = (
    "import os\n\nfrom simple_salesforce import Salesforce\nfrom vault import secret\n\n"
    'PW = secret("SF_PASSWORD")\n\n\n'
    "def login():\n"
    '    return Salesforce(username=os.environ["SF_USERNAME"], password=PW, security_token="")\n'
)


@pytest.mark.parametrize(
    "others",
    [
        {"crm/__init__.py": "from .client import *\n"},
        {"crm/__init__.py": "from .client import *\n", "__init__.py": "from .crm import *\n"},
    ],
)
def test_a_file_that_takes_all_names_decides_about_them(
    others: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = findings(tmp_path, {"crm/client.py": CRM, **others}, capsys)
    (name,) = (each for each in found if each["code"] == "SFA501")
    assert name["level"] == "review"
    assert "PW feeds only what goes; crm/__init__.py:1 imports all names of its module" in name["message"]


@pytest.mark.parametrize(
    "other",
    [
        "from crm.client import environ\n",
        "from crm.client import (\n    login,\n    environ,\n)\n",
        "from crm.client import *\n\nenviron.copy()\n",
        "import crm.client\n\ncrm.client.environ.copy()\n",
        "import crm.client as c\n\nc.environ.copy()\n",
    ],
)
def test_an_import_that_a_file_elsewhere_takes_stays(
    other: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (
        "from os import environ\n\nfrom simple_salesforce import Salesforce\n\n\n"
        "def login():\n"
        '    return Salesforce(username="a@acme.example", password=environ["SF_PASSWORD"], security_token="")\n'
    )
    findings(tmp_path, {"crm/client.py": content, "report.py": other}, capsys)
    cli.main(["fix", str(tmp_path)])
    capsys.readouterr()
    fixed = (tmp_path / "crm/client.py").read_text()
    assert "password" not in fixed
    assert "from os import environ\n" in fixed
