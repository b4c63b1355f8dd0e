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


PW: Final = (
    "import os\nimport sys\n\nfrom simple_salesforce import Salesforce\n\n"
    'PW = os.environ["SF_PASSWORD"]\n\n\n'
    "def login():\n"
    '    return Salesforce(username=os.environ["SF_USERNAME"], password=PW, security_token="")\n'
)


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"app.py": "import crm.client\n\ncrm.client.__dict__['PW']\n"}, id="by_its_dict"),
        pytest.param({"app.py": "import runpy\n\nrunpy.run_path('crm/client.py')['PW']\n"}, id="by_its_file"),
        pytest.param({"app.py": "import sys\n\nsys.modules['crm.client'].PW\n"}, id="by_the_table_of_modules"),
        pytest.param({"app.py": "sys.path.insert(0, 'crm')\nfrom client import PW\n\nPW.lower()\n"}, id="by_a_path"),
        pytest.param({"app.py": "sys.path.insert(0, 'crm')\nimport client\n\nclient.PW.lower()\n"}, id="by_a_path_too"),
        pytest.param({"run.sh": 'python -c "from crm.client import PW; print(PW)"\n'}, id="by_a_command"),
        pytest.param(
            {"crm/__init__.py": "from . import client as sf\n", "app.py": "import crm\n\nprint(crm.sf.PW)\n"},
            id="by_another_name_of_the_module",
        ),
        pytest.param(
            {"crm/client.py": PW + "\n\nsetting = getattr(sys.modules[__name__], 'P' + 'W')\n"}, id="by_itself"
        ),
        pytest.param({"crm/client.py": PW + "\n\nexec('print(PW)')\n"}, id="by_a_text"),
        pytest.param({"old.py": "from crm.client import PW\nprint PW\n"}, id="by_python_2"),
    ],
)
def test_a_name_stays_that_something_may_still_read(
    others: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings(tmp_path, {"crm/client.py": PW, **others}, capsys)
    cli.main(["fix", str(tmp_path)])
    fixed = (tmp_path / "crm/client.py").read_text()
    assert "password" not in fixed
    assert 'PW = os.environ["SF_PASSWORD"]\n' in fixed


@pytest.mark.parametrize(
    "other",
    [
        "import client\n\nprint(client.simple_salesforce.SFType)\n",
        "from client import simple_salesforce\n",
        "from client import *\n\nprint(simple_salesforce.SFType)\n",
        'from unittest import mock\n\nmock.patch("client.simple_salesforce.Salesforce").start()\n',
    ],
)
def test_an_import_keeps_its_name_where_others_take_it(
    other: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = (
        "import os\n\nimport simple_salesforce\n\n\n"
        "def login():\n"
        '    return simple_salesforce.Salesforce("a@acme.example", os.environ["SF_PASSWORD"], "")\n'
    )
    found = findings(tmp_path, {"client.py": client, "report.py": other}, capsys)
    (login,) = (each for each in found if each["path"] == "client.py")
    assert login["level"] == "review"
    assert "report.py:" in login["message"]
