"""What an earlier fix left in code is found in a later run: checks of a password that no login takes, and manifests."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Final

import corpus
import pytest
from trees import lay_out

from orgkey_codemod import cli

if TYPE_CHECKING:
    from pathlib import Path

    from corpus import Case

APP: Final = (
    "import os\nimport sys\n\nfrom orgkey_simple_salesforce import Salesforce\n\n"
    'user = os.environ["SF_USERNAME"]\n{check}sf = Salesforce(username=user)\n'
)
ASKS: Final = 'if not os.getenv("SF_PASSWORD"):\n    sys.exit("SF_PASSWORD must be set")\n'
LEFT: Final = {"SFA503", "SFA702"}
CASES: Final = [case for case in corpus.load() if case.fixed and any(each.code in LEFT for each in case.findings)]


def found(given: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Counter[tuple[str, str]]:
    capsys.readouterr()
    cli.main([*(words or ("check",)), "--format", "json", str(given)])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return Counter((each["path"], each["code"]) for each in findings if not each["fixed"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_default_fix_leaves_is_found_again(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "given"
    shutil.copytree(case.folder / "before", given)
    left, later = found(given, capsys, "fix", *case.options), found(given, capsys, "check", *case.options)
    assert {each: count for each, count in later.items() if each[1] in LEFT} == {
        each: count for each, count in left.items() if each[1] in LEFT
    }


@pytest.mark.parametrize(
    ("check", "left"),
    [
        (ASKS, ""),
        ('assert "SF_PASSWORD" in os.environ\n', ""),
        ('pw = os.getenv("SF_PASSWORD", "").strip()\nassert user and pw\n', None),
        ('pw: str = os.environ["SF_PASSWORD"]\nif not all([user, pw]):\n    sys.exit(1)\n', None),
        (
            'pw = os.getenv("SF_PASSWORD")\nif not (user and pw):\n    sys.exit(1)\n',
            "if not (user):\n    sys.exit(1)\n",
        ),
        ('pw, port = os.getenv("SF_PASSWORD"), 80\nif not pw:\n    raise ValueError(port)\n', None),
        ('for name in ["SF_USERNAME", "SF_PWD"]:\n    os.environ[name]\n', None),
    ],
)
def test_a_check_of_what_no_login_takes_is_for_review(
    check: str, left: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = lay_out(tmp_path, {"app.py": APP.format(check=check)})
    fed = {("app.py", "SFA501"): 1} if left and check.startswith("pw") else {}
    assert found(given, capsys) == {("app.py", "SFA503"): 1, **fed}
    assert found(given, capsys, "fix")
    assert (given / "app.py").read_text() == APP.format(check=check), "a default fix changes it"
    cli.main(["fix", "--unsafe", str(given)])
    if left is not None:
        expected = APP.format(check=left)
        loses_import = "sys." in check and "sys." not in left
        assert (given / "app.py").read_text() == (expected.replace("import sys\n", "") if loses_import else expected)
        assert found(given, capsys) == {}


def test_what_a_parameter_is_checked_for_goes_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    client = (
        "from orgkey_simple_salesforce import Salesforce\n\n\n"
        "def connect(user{more}):\n{check}    return Salesforce(username=user)\n"
    )
    job = 'import os\n\nfrom client import connect\n\nsf = connect(os.environ["CRM_USER"]{more})\n'
    check = '    if not password:\n        raise ValueError("no password")\n'
    given = lay_out(
        tmp_path,
        {
            "client.py": client.format(more=", password", check=check),
            "job.py": job.format(more=', os.environ["CRM_PASSWORD"]'),
        },
    )
    assert found(given, capsys) == {("client.py", "SFA503"): 1}
    cli.main(["fix", "--unsafe", str(given)])
    assert (given / "client.py").read_text() == client.format(more="", check="")
    assert (given / "job.py").read_text() == job.format(more="")


SETTINGS: Final = 'import os\n\nSF_PASSWORD = os.environ["SF_PASSWORD"]{comment}\n'


def test_a_constant_that_nothing_uses_is_for_review(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = APP.format(check="") + "import settings\n"
    given = lay_out(tmp_path, {"app.py": app, "settings.py": SETTINGS.format(comment="")})
    assert found(given, capsys) == {("settings.py", "SFA501"): 1}
    cli.main(["fix", str(given)])
    assert "SF_PASSWORD" in (given / "settings.py").read_text(), "a default fix changes it"
    cli.main(["fix", "--unsafe", str(given)])
    assert (given / "settings.py").read_text() == "\n"
    assert found(given, capsys) == {}


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS.format(comment="  # the integration user's"),
        SETTINGS.format(
            comment="\n\n\ndef renew():\n    global SF_PASSWORD\n    SF_PASSWORD = os.environ['SF_PASSWORD']"
        ),
        "import os\n\nif os.name == 'nt':\n    SF_PASSWORD = os.environ['SF_PASSWORD']\n",
    ],
)
def test_where_more_than_a_constant_would_go_it_is_only_told_of(
    settings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = lay_out(tmp_path, {"app.py": APP.format(check=""), "settings.py": settings})
    assert found(given, capsys, "fix", "--unsafe") == {("settings.py", "SFA501"): 1}
    assert (given / "settings.py").read_text() == settings


@pytest.mark.parametrize(
    "use",
    [
        "from settings import SF_PASSWORD\n",
        "import settings\n\nprint(settings.SF_PASSWORD)\n",
        'import settings\n\nprint(getattr(settings, "SF_PASSWORD"))\n',
        "import settings\n\nPASSWORDS = dict(vars(settings))\n",
        "from settings import *\n\nprint(SF_PASSWORD)\n",
    ],
)
def test_a_constant_that_somebody_takes_is_none(use: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"app.py": APP.format(check=""), "settings.py": SETTINGS.format(comment=""), "loader.py": use}
    assert found(lay_out(tmp_path, files), capsys) == {}


def test_the_settings_of_a_checked_variable_go_with_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = "SF_USERNAME=\nSF_PASSWORD=\n"
    given = lay_out(tmp_path, {"app.py": APP.format(check=ASKS), ".env.example": env})
    assert found(given, capsys) == {("app.py", "SFA503"): 1, (".env.example", "SFA601"): 1}
    cli.main(["fix", "--unsafe", str(given)])
    assert "SF_PASSWORD" not in (given / ".env.example").read_text()
    assert found(given, capsys) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("bulk.py", 'import os\n\nlogin(os.environ["SF_PASSWORD"])\n', id="a_use"),
        pytest.param("bulk.py", 'import app\n\nlogin(app.os.environ["SF_PASSWORD"])\n', id="a_use_by_another_name"),
        pytest.param("bulk.py", 'KEYS = {"password": "SF_PASSWORD"}\n', id="a_name_that_may_be_read"),
        pytest.param("bulk.py", "class Settings(BaseSettings):\n    sf_password: str\n", id="a_settings_field"),
        pytest.param(
            "bulk.py",
            'NAME = "Salesforce"\n\n\nclass Settings(BaseSettings, env_prefix="SF_"):\n    password: str\n',
            id="a_prefix",
        ),
        pytest.param("bulk.py", 'import os\n\nif os.getenv("SF_PASSWORD"):\n    run_the_old_job()\n', id="a_switch"),
        pytest.param("load.sh", 'sfdx login --password "$SF_PASSWORD"\n', id="a_script"),
        pytest.param(
            "warehouse.py", 'import snowflake.connector\n\nNOTE = "SF_PASSWORD, not Salesforce"\n', id="snowflake"
        ),
    ],
)
def test_a_check_of_what_something_may_take_stays(
    name: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = lay_out(tmp_path, {"app.py": APP.format(check=ASKS), name: text})
    assert ("app.py", "SFA503") not in found(given, capsys)
    cli.main(["fix", "--unsafe", str(given)])
    assert (given / "app.py").read_text() == APP.format(check=ASKS)


@pytest.mark.parametrize(
    "check",
    [
        'if not os.getenv("DB_PASSWORD"):\n    sys.exit(1)\n',
        'pw = os.getenv("SF_PASSWORD")\nif not pw:\n    sys.exit(1)\nprint(len(user + pw))\n',
        'pw = os.getenv("SF_PASSWORD")\nif not pw:\n    sys.exit(1)\n__all__ = ["pw"]\n',
        'pw = os.getenv("SF_PASSWORD") or input()\nif not pw:\n    sys.exit(1)\nlogin(pw)\n',
        'pw = [os.getenv("SF_PASSWORD")]\nif not pw:\n    sys.exit(1)\n',
        'one, *pw = os.getenv("SF_PASSWORD"), 80\nif not one:\n    sys.exit(1)\n',
        'missing = [each for each in (user, os.getenv("SF_PASSWORD")) if not each]\nif missing:\n    sys.exit(1)\n',
    ],
)
def test_a_check_of_something_else_is_none(check: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = lay_out(tmp_path, {"app.py": APP.format(check=check)})
    assert found(given, capsys) == {}


def test_without_a_login_of_ours_nobody_knows_whose_check_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = APP.format(check=ASKS).replace("orgkey_simple_salesforce", "salesforce_tools")
    assert found(lay_out(tmp_path, {"app.py": text}), capsys) == {}


# --- manifests --------------------------------------------------------------------------------------------------------

IMPORTS: Final = "from orgkey_simple_salesforce import Salesforce\n\nsf = Salesforce()\n"


@pytest.mark.parametrize(
    ("imports", "manifest"),
    [
        pytest.param(IMPORTS, "simple-salesforce\norgkey_langchain\n", id="another_package_brings_it"),
        pytest.param("import orgkey  # Salesforce\n", "requests\norgkey-simple-salesforce\n", id="the_core_too"),
        pytest.param(
            "from .orgkey_simple_salesforce import connect\n", "simple-salesforce\n", id="a_module_of_its_own"
        ),
        pytest.param(IMPORTS, "requests\n# Salesforce\n", id="nothing_to_put_it_behind"),
    ],
)
def test_a_manifest_that_lacks_nothing_stays(
    imports: str, manifest: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found(lay_out(tmp_path, {"app.py": imports, "requirements.txt": manifest}), capsys) == {}


def test_an_import_that_may_fail_is_for_review(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tried = "try:\n    from orgkey_simple_salesforce import Salesforce\nexcept ImportError:\n    Salesforce = None\n"
    given = lay_out(tmp_path, {"app.py": tried, "requirements.txt": "simple-salesforce\n"})
    assert found(given, capsys, "fix") == {("requirements.txt", "SFA702"): 1}
    cli.main(["fix", "--unsafe", str(given)])
    assert (given / "requirements.txt").read_text() == "simple-salesforce\norgkey-simple-salesforce\n"
