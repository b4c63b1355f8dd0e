"""Checks that a password is there: what they ask beside it stays, and where that is not sure they stay whole."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Final

import pytest

from orgkey_codemod import cli

HEAD: Final = "import os\nimport sys\n\nfrom simple_salesforce import Salesforce\n\n"
READ: Final = 'user = os.getenv("SF_USER")\npw = os.getenv("SF_PASSWORD")\ntoken = os.getenv("SF_TOKEN")\n'
LOGIN: Final = "sf = Salesforce(username=user, password=pw, security_token=token)\n"
INLINE: Final = (
    'sf = Salesforce(username=os.environ["SF_USER"], password=os.environ["SF_PASSWORD"], security_token="")\n'
)
MISSING: Final = "missing = [each for each in NAMES if each not in os.environ]\nassert not missing, missing\n"
LEFT: Final = 'sf = Salesforce(username=os.environ["SF_USER"])\n'


def fixed(folder: Path, program: str, *words: str) -> str:
    given = folder / "given"
    given.mkdir()
    (given / "app.py").write_text(program)
    assert cli.main(["fix", *words, str(given)]) in {0, 1}
    first = (given / "app.py").read_text()
    assert cli.main(["fix", *words, str(given)]) in {0, 1}
    assert (given / "app.py").read_text() == first, "a second run changes something"
    compile(first, "app.py", "exec")
    return (
        first.replace("orgkey_simple_salesforce", "simple_salesforce")
        .removeprefix(HEAD)
        .removeprefix(HEAD.replace("import sys\n", ""))
    )


def program(check: str) -> str:
    return textwrap.dedent(check).lstrip("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if not user or not pw or not token:\n    sys.exit(1)\n", "if not user:\n    sys.exit(1)\n"),
        ("if not pw or not user:\n    sys.exit(1)\n", "if not user:\n    sys.exit(1)\n"),
        ("if not (user and pw and token):\n    sys.exit(1)\n", "if not (user):\n    sys.exit(1)\n"),
        ("if (not pw) or (not user) or (not token):\n    sys.exit(1)\n", None),
        ("if not pw:\n    raise SystemExit(1)\n", ""),
        ('if pw is None or token == "" or len(pw) == 0:\n    raise SystemExit(1)\n', ""),
        ("if not all([user, pw, token]):\n    sys.exit(1)\n", "if not all([user]):\n    sys.exit(1)\n"),
        ("if None in (user, pw, token):\n    sys.exit(1)\n", "if None in (user,):\n    sys.exit(1)\n"),
        (
            "if any(each is None for each in (user, pw, token)):\n    sys.exit(1)\n",
            "if any(each is None for each in (user,)):\n    sys.exit(1)\n",
        ),
        ('assert user and pw, "settings"\nassert token\n', 'assert user, "settings"\n'),
    ],
)
def test_what_a_check_asks_beside_secrets_stays(before: str, after: str | None, tmp_path: Path) -> None:
    if after is None:  # brackets around what goes: for a person
        assert before in fixed(tmp_path, HEAD + READ + before + LOGIN, "--unsafe")
    else:
        expected = 'user = os.getenv("SF_USER")\n' + after + "sf = Salesforce(username=user)\n"
        assert fixed(tmp_path, HEAD + READ + before + LOGIN, "--unsafe") == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('NAMES = ["SF_USER", "SF_PASSWORD", "PORT"]\n' + MISSING, 'NAMES = ["SF_USER", "PORT"]\n' + MISSING),
        ('NAMES = ("SF_USER", "SF_PASSWORD")\n' + MISSING, 'NAMES = ("SF_USER",)\n' + MISSING),
        (
            'NAMES = {\n    "SF_USER",\n    "SF_PASSWORD",\n    "PORT",\n}\n' + MISSING,
            'NAMES = {\n    "SF_USER",\n    "PORT",\n}\n' + MISSING,
        ),
        (
            'for name in ["SF_PASSWORD", "SF_USER"]:\n    assert name in os.environ\n',
            'for name in ["SF_USER"]:\n    assert name in os.environ\n',
        ),
        ('if "SF_PASSWORD" not in os.environ:\n    raise SystemExit("SF_PASSWORD is missing")\n', ""),
        (
            'if "SF_USER" not in os.environ or "SF_PASSWORD" not in os.environ:\n    sys.exit(2)\n',
            'if "SF_USER" not in os.environ:\n    sys.exit(2)\n',
        ),
        ('assert os.environ.get("SF_PASSWORD"), "SF_PASSWORD is missing"\n', ""),
    ],
)
def test_names_of_variables_leave_lists_and_checks(before: str, after: str, tmp_path: Path) -> None:
    assert fixed(tmp_path, HEAD + before + INLINE, "--unsafe") == after + LEFT


@pytest.mark.parametrize(
    "check",
    [
        'NAMES = ["SF_PASSWORD"]\n' + MISSING,  # an empty list may mean that nothing is looked at
        'NAMES = "SF_USER", "SF_PASSWORD"\n' + MISSING,
        'NAMES = [\n    "SF_USER",\n    "SF_PASSWORD",  # the integration user\'s\n]\n' + MISSING,
        'if "SF_PASSWORD" not in os.environ:\n    sys.exit(1)\nelse:\n    print("all there")\n',
        'if "SF_PASSWORD" not in os.environ:  # says the runbook\n    sys.exit(1)\n',
        'if os.environ["SF_PASSWORD"] == sys.argv[1]:\n    sys.exit(1)\n',
        'assert f"{os.environ[\'SF_PASSWORD\']}{sys.argv}" != "x"\n',
    ],
)
def test_where_it_is_not_sure_a_check_stays(check: str, tmp_path: Path) -> None:
    assert fixed(tmp_path, HEAD + check + INLINE, "--unsafe") == check + LEFT


def test_a_check_of_what_something_else_reads_stays(tmp_path: Path) -> None:
    more = 'names = ["SF_USER", "SF_PASSWORD"]\nprint(len(os.environ["SF_PASSWORD"]))\n'
    assert fixed(tmp_path, HEAD + more + INLINE, "--unsafe") == more + LEFT


def test_a_check_is_for_review(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check = 'NAMES = ["SF_USER", "SF_PASSWORD"]\n' + MISSING
    assert fixed(tmp_path, HEAD + check + INLINE) == check + LEFT
    capsys.readouterr()
    cli.main(["check", "--format", "json", str(tmp_path / "given")])
    assert json.loads(capsys.readouterr().out)["summary"]["unfixable"] == 0


CHECKED: Final = (
    "def connect(user, password, token):\n"
    "    if not (user and password and token):\n"
    "        sys.exit(1)\n"
    "    return Salesforce(username=user, password=password, security_token=token)\n\n\n"
)
UNCHECKED: Final = (
    "def connect(user):\n    if not (user):\n        sys.exit(1)\n    return Salesforce(username=user)\n\n\n"
)


def test_a_checked_parameter_goes_with_its_arguments_and_what_fed_them(tmp_path: Path) -> None:
    calls = (
        'def main():\n    pw = os.environ["SF_PASSWORD"]\n    return connect("a@acme.example", pw, token="")\n\n\n'
        'print(main(), connect("b@acme.example", os.getenv("SF_PASSWORD"), os.getenv("SF_TOKEN")))\n'
    )
    left = 'def main():\n    return connect("a@acme.example")\n\n\nprint(main(), connect("b@acme.example"))\n'
    after = fixed(tmp_path, HEAD + CHECKED + calls, "--unsafe")
    assert after.removeprefix(HEAD.removeprefix("import os\n")) == UNCHECKED + left


def test_a_checked_option_goes_with_its_parameter(tmp_path: Path) -> None:
    options = '@click.command()\n@click.option("--user")\n'
    gone = '@click.option("--password", envvar="SF_PASSWORD")\n@click.option("--token", default="")\n'
    head = HEAD.replace("import os\n", "import click\n")
    assert fixed(tmp_path, head + options + gone + CHECKED, "--unsafe").endswith(options + UNCHECKED)


@pytest.mark.parametrize(
    "more",
    [
        "factory = connect\n",  # handed on
        'sf = connect("a@acme.example", *sys.argv)\n',
        'sf = connect("a@acme.example", fetched(), "")\n',  # something happens while it is worked out
    ],
)
def test_a_checked_parameter_stays_where_a_use_cannot_be_followed(more: str, tmp_path: Path) -> None:
    after = fixed(tmp_path, HEAD + CHECKED + more, "--unsafe")
    assert "def connect(user, password, token):" in after
    assert more in after


def test_of_parameters_with_checks_of_their_own_the_checks_go(tmp_path: Path) -> None:
    each = "def connect(user, password, token):\n    if not password:\n        sys.exit(1)\n    if not token:\n"
    each += "        sys.exit(2)\n    return Salesforce(username=user, password=password, security_token=token)\n"
    after = fixed(tmp_path, HEAD + each, "--unsafe")
    assert after.endswith("def connect(user, password, token):\n    return Salesforce(username=user)\n")


LISTS: Final = [
    pytest.param('NAMES = ["SF_USER", "SF_PASSWORD"]\nuser, pw = [os.environ[each] for each in NAMES]\n', id="read"),
    pytest.param(
        'NAMES = ["SF_USER", "SF_PASSWORD"]\nfor field, name in zip(("user", "password"), NAMES):\n    print(field, name)\n',
        id="zip",
    ),
    pytest.param(
        'NAMES = ("SF_USER", "SF_PASSWORD")\nsettings = {each: os.getenv(each) for each in NAMES}\n', id="dict"
    ),
    pytest.param('NAMES = ("SF_USER", "SF_PASSWORD")\nprint(os.environ[NAMES[0]])\n', id="index"),
    pytest.param('NAMES = ["SF_USER", "SF_PASSWORD"]\nassert len(NAMES) == 2\n' + MISSING, id="length"),
    pytest.param('NAMES = ["SF_USER", "SF_PASSWORD"]\nNAMES.append("PORT")\n' + MISSING, id="appended_to"),
    pytest.param(MISSING.replace("NAMES", '["SF_USER", "SF_PASSWORD"]').replace("not in", "in"), id="what_is_there"),
    pytest.param(
        'for each in ("SF_USER", "SF_PASSWORD"):\n    os.environ.pop(each, None)\n', id="taken_out_of_the_environment"
    ),
    pytest.param(
        'for each in ("SF_SESSION", "SF_PASSWORD"):\n    if each in os.environ:\n        break\nelse:\n    sys.exit(1)\n',
        id="one_is_enough",
    ),
    pytest.param(
        'for number, each in enumerate(("SF_USER", "SF_PASSWORD")):\n    assert each in os.environ, number\n',
        id="numbered",
    ),
    pytest.param(
        'kept = {}\nfor each in ["SF_USER", "SF_PASSWORD"]:\n    assert each in os.environ\n    kept[each] = 1\n',
        id="kept",
    ),
    pytest.param(
        "def ask(names):\n    assert all(each in os.environ for each in names)\n    return [os.environ[each] for each in names]\n\n\n"
        'user, pw = ask(["SF_USER", "SF_PASSWORD"])\n',
        id="a_function_that_reads",
    ),
    pytest.param(
        'for each in ("SF_USER", "SF_PASSWORD"):\n    if each not in os.environ:\n        os.environ["MODE"] = "offline"\n',
        id="something_instead",
    ),
    pytest.param(
        'for each in ("SF_USER", "SF_PASSWORD"):\n    if not os.getenv(each):\n        offline = True\n', id="a_switch"
    ),
    pytest.param('sys.exit(sys.modules[__name__].run(["SF_USER", "SF_PASSWORD"]))\n', id="who_knows"),
    pytest.param('PAIRS = (("SF_USER", "user"), ("SF_PASSWORD", "password"))\nuser, pw = PAIRS\n', id="pairs"),
]


@pytest.mark.parametrize("code", LISTS)
def test_a_list_that_is_more_than_a_check_stays_and_is_told(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "checked"
    given.mkdir()
    (given / "app.py").write_text(HEAD + code + INLINE)
    cli.main(["check", "--format", "json", str(given)])
    found = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["code"] == "SFA503"]
    assert {(each["level"], each["reason"]) for each in found} == {("report", "MORE_THAN_A_CHECK")}
    assert fixed(tmp_path, HEAD + code + INLINE, "--unsafe") == code + LEFT


@pytest.mark.parametrize(
    "code",
    [
        'NAMES = ["SF_USER", "SF_PASSWORD"]\nmissing = sorted(set(NAMES) - os.environ.keys())\nassert not missing\n',
        'NAMES = ["SF_PASSWORD", "SF_USER"]\nassert all(os.getenv(each) for each in NAMES), f"set {NAMES}"\n',
        'for each in ("SF_USER", "SF_PASSWORD"):\n    try:\n        os.environ[each]\n    except KeyError:\n        sys.exit(each)\n',
        'lost = []\nfor each in ("SF_USER", "SF_PASSWORD"):\n    value = os.getenv(each, "").strip()\n    if value:\n'
        "        continue\n    lost.append(each)\nassert not lost\n",
        'ok = True\nfor each in ["SF_USER", "SF_PASSWORD"]:\n    if not os.getenv(each):\n        print("set", each)\n        ok = False\n'
        "assert ok\n",
        "def ask(names):\n    return [each for each in names if not os.getenv(each)]\n\n\n"
        'lost = ask(["SF_USER", "SF_PASSWORD"])\nassert not lost\n',
        'class App:\n    NAMES = ["SF_USER", "SF_PASSWORD"]\n\n    def check(self):\n'
        "        return not [each for each in self.NAMES if each not in os.environ]\n\n\nassert App().check()\n",
    ],
)
def test_a_list_that_only_says_what_is_missing_loses_the_name(code: str, tmp_path: Path) -> None:
    after = fixed(tmp_path, HEAD + code + INLINE, "--unsafe")
    assert after == re.sub(r', "SF_PASSWORD"(?=\])|"SF_PASSWORD", ', "", code).replace(', "SF_PASSWORD")', ",)") + LEFT


@pytest.mark.parametrize("home", ["app.py", "words.py"])
def test_a_list_that_another_module_goes_through_stays(home: str, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    words = 'NAMES = ["SF_USER", "SF_PASSWORD"]\n' + MISSING
    (given / "app.py").write_text(HEAD + (words if home == "app.py" else "") + INLINE)
    if home != "app.py":
        (given / home).write_text("import os\n\n" + words)
    (given / "report.py").write_text(
        f"import os\n\nfrom {home[:-3]} import NAMES\n\nuser, pw = map(os.getenv, NAMES)\n"
    )
    assert cli.main(["fix", "--unsafe", str(given)]) == 1
    assert words in (given / home).read_text()


@pytest.mark.parametrize(
    ("other", "goes"),
    [
        pytest.param('NAMES = ["PASSWORD"]\nprint(NAMES[0])\n', True, id="another_list_of_that_name"),
        pytest.param("from words import NAMES\n\n" + MISSING, True, id="a_check"),
        pytest.param("import words\n\n" + MISSING.replace("NAMES", "words.NAMES"), True, id="a_check_by_the_module"),
        pytest.param("from words import *\n\n" + MISSING, True, id="a_check_by_a_star"),
        pytest.param("from words import *\n\nprint(NAMES[0])\n", False, id="a_use_by_a_star"),
        pytest.param("import words\n\nprint(words.NAMES[0])\n", False, id="a_use"),
        pytest.param('import words\n\nprint(getattr(words, "NAMES"))\n', False, id="a_use_by_a_text"),
        pytest.param("from words import NAMES\n", False, id="one_that_hands_it_on"),
    ],
)
def test_a_list_stays_where_a_use_in_another_module_is_more_than_a_check(
    other: str, goes: bool, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    given.mkdir()
    words = "import os\n\n" + 'NAMES = ["SF_USER", "SF_PASSWORD"]\n' + MISSING
    (given / "app.py").write_text(HEAD + INLINE)
    (given / "words.py").write_text(words)
    (given / "other.py").write_text(f"import os\n\nSF_PASS = 0\n{other}")
    cli.main(["fix", "--unsafe", str(given)])
    assert (given / "words.py").read_text() == (words.replace(', "SF_PASSWORD"', "") if goes else words)


@pytest.mark.parametrize(
    "code",
    [
        'HIDDEN = ["SF_PASSWORD", "PIN"]\nfor name, value in os.environ.items():\n'
        '    print(name, "***" if name in HIDDEN else value)\n',
        'HIDDEN = frozenset({"SF_PASSWORD", "PIN"})\nshown = {each: 1 for each in os.environ if each not in HIDDEN}\n',
    ],
)
def test_a_list_of_what_to_hide_asks_for_nothing(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fixed(tmp_path, HEAD + code + INLINE, "--unsafe") == code + LEFT
    assert "SFA503" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "body",
    [
        "run_offline()\n    sys.exit(0)",
        "print('no password: nothing to do')\n    sys.exit(0)",
        "sys.exit(os.EX_OK)",
        "print('nothing to do')\n    sys.exit()",
        "sys.exit(None)",
        "raise SystemExit",
        "raise typer.Exit()",
        "raise self.retry(countdown=60)",
        "raise SystemExit(0)",
        "sys.exit(run_offline())",
        "raise AirflowSkipException('no password')",
        "raise unittest.SkipTest('no password')",
        "log.error('no password: offline')\n    OFFLINE = True",
        "OFFLINE = True\n    log.error('no password: offline')",
    ],
)
@pytest.mark.parametrize("test", ["not pw", "not user or not pw", "not all([user, pw])"])
def test_a_check_that_does_something_else_instead_stays(
    test: str, body: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check = f"if {test}:\n    {body}\n"
    assert check in fixed(tmp_path, HEAD + READ + check + LOGIN, "--unsafe")
    assert "[MORE_THAN_A_CHECK]" in capsys.readouterr().out


def test_one_of_the_password_alone_stays_with_what_it_does(tmp_path: Path) -> None:
    check = "if not pw:\n    tell_operations()\n    sys.exit(1)\n"
    assert check in fixed(tmp_path, HEAD + READ + check + LOGIN, "--unsafe")


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError(f'{user} has no password')",
        "log.error('no password')\n    raise SystemExit(1)",
        "print('set SF_PASSWORD', file=sys.stderr)\n    sys.exit('no password')",
        "sys.stderr.write('set SF_PASSWORD')\n    sys.exit(2)",
        "parser.print_usage()\n    parser.error('--password is missing')",
        "log.critical('no password')\n    sys.exit(os.EX_CONFIG)",
        "raise ValueError",
        "raise click.UsageError('no password')",
    ],
)
def test_a_check_that_says_what_is_missing_goes(body: str, tmp_path: Path) -> None:
    after = fixed(tmp_path, HEAD + READ + f"if not pw:\n    {body}\n" + LOGIN, "--unsafe")
    assert after.endswith('user = os.getenv("SF_USER")\nsf = Salesforce(username=user)\n')


def test_what_else_is_done_before_an_error_stays_with_the_rest_of_a_check(tmp_path: Path) -> None:
    check = "if not user or not pw:\n    tell_operations()\n    sys.exit(1)\n"
    after = fixed(tmp_path, HEAD + READ + check + LOGIN, "--unsafe")
    assert check.replace(" or not pw", "") in after


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    if not pw:\n        raise ValueError('no password')\n    <L>except ValueError:\n    sf = sample()\n",
        "try:\n    assert user and pw\n    <L>except AssertionError:\n    sf = sample()\n",
        "try:\n    if not user or not pw:\n        sys.exit(1)\n    <L>except SystemExit:\n    sf = sample()\n",
        "def check(pw):\n    if not pw:\n        raise LookupError\n    Salesforce(username=user, password=pw, security_token=token)\n\n\n"
        "try:\n    check(pw)\nexcept LookupError:\n    sf = sample()\n",
    ],
)
def test_a_check_that_something_answers_stays(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = fixed(tmp_path, HEAD + READ + code.replace("<L>", LOGIN), "--unsafe")
    assert code.partition("    <L>")[0].partition("    Salesforce")[0] in after
    assert "[MORE_THAN_A_CHECK]" in capsys.readouterr().out


@pytest.mark.parametrize(
    "handler", ["    raise SystemExit(2) from None\n", "    print('no password')\n    sys.exit(1)\n"]
)
def test_one_whose_end_is_only_told_of_goes(handler: str, tmp_path: Path) -> None:
    code = (
        "try:\n    if not pw:\n        raise ValueError('no password')\n    " + LOGIN + "except ValueError:\n" + handler
    )
    assert "pw" not in fixed(tmp_path, HEAD + READ + code, "--unsafe")


def test_a_check_of_a_password_that_a_form_sent_goes_with_it(tmp_path: Path) -> None:
    form = '{"grant_type": "password", "client_id": "acme", "username": user, "password": pw}'
    code = 'import requests\n\nuser = os.getenv("SF_USER")\npw = os.getenv("SF_PASSWORD")\nif not user or not pw:\n    sys.exit(1)\n'
    code += f'requests.post("https://acme.my.salesforce.com/services/oauth2/token", data={form}, timeout=30)\n'
    after = fixed(tmp_path, "import os\nimport sys\n\n" + code, "--unsafe")
    assert "if not user:\n    sys.exit(1)\n" in after
    assert "pw" not in after


def test_an_assertion_whose_message_does_something_stays(tmp_path: Path) -> None:
    check = "assert pw, work_offline()\n"
    assert check in fixed(tmp_path, HEAD + READ + check + LOGIN, "--unsafe")


def test_a_check_whose_end_is_caught_in_another_module_stays(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    check = '    if not pw:\n        raise LookupError("no password")\n'
    crm = HEAD + 'def connect():\n    pw = os.getenv("SF_PASSWORD")\n' + check
    (given / "crm.py").write_text(
        crm + '    return Salesforce(username="a@acme.example", password=pw, security_token="")\n'
    )
    (given / "main.py").write_text(
        "from crm import connect\n\ntry:\n    sf = connect()\nexcept LookupError:\n    sf = sample()\n"
    )
    assert cli.main(["fix", "--unsafe", str(given)]) == 1
    assert check in (given / "crm.py").read_text()
