"""Parameters, options and flags that only fed a password: they go with all their arguments, or stay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from trees import lay_out

from orgkey_codemod import cli

HEAD: Final = "import os\n\nfrom simple_salesforce import Salesforce\n\n"
BODY: Final = "    return Salesforce(username=user, password=password, security_token=token)\n"
LEFT: Final = "    return Salesforce(username=user)\n"
READS: Final = 'os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"]'


def fixed(folder: Path, files: Mapping[str, str], *words: str) -> dict[str, str]:
    given = lay_out(folder, files)
    assert cli.main(["fix", *words, str(given)]) in {0, 1}
    first = {name: (given / name).read_text() for name in files}
    assert cli.main(["fix", *words, str(given)]) in {0, 1}
    assert {name: (given / name).read_text() for name in files} == first, "a second run changes something"
    for name, text in first.items():
        compile(text, name, "exec")
    return {name: text.replace("orgkey_simple_salesforce", "simple_salesforce") for name, text in first.items()}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def connect(user, password, token):\n", "def connect(user):\n"),
        ('def connect(user, password, token="", *, retries=3):\n', "def connect(user, *, retries=3):\n"),
        ("def connect(user, *, password, token):\n", "def connect(user):\n"),
        ("def connect(password, token, /, user):\n", "def connect(user):\n"),
        (
            "async def connect(user: str, password: str, token: str) -> Salesforce:\n",
            "async def connect(user: str) -> Salesforce:\n",
        ),
        ("def connect(\n    user,\n    password,\n    token,\n):\n", "def connect(\n    user,\n):\n"),
    ],
)
def test_parameters_go(before: str, after: str, tmp_path: Path) -> None:
    assert fixed(tmp_path, {"app.py": HEAD + before + BODY}, "--unsafe")["app.py"] == HEAD + after + LEFT


def test_arguments_go_in_every_module_with_what_fed_them(tmp_path: Path) -> None:
    files = {
        "crm/client.py": HEAD + "\ndef connect(user, password, token):\n" + BODY,
        "by_place.py": f"import os\n\nfrom crm.client import connect\n\nsf = connect('a@acme.example', {READS})\n",
        "by_name.py": (
            "import os\n\nimport crm.client\n\nSECRET = os.environ['SF_PASSWORD']\n"
            "sf = crm.client.connect(user='a@acme.example', token='', password=SECRET)\n"
        ),
    }
    after = fixed(tmp_path, files, "--unsafe")
    assert after["crm/client.py"] == HEAD + "\ndef connect(user):\n" + LEFT
    assert after["by_place.py"] == "\nfrom crm.client import connect\n\nsf = connect('a@acme.example')\n"
    assert after["by_name.py"] == "\nimport crm.client\n\nsf = crm.client.connect(user='a@acme.example')\n"


@pytest.mark.parametrize(
    ("words", "goes"),
    [
        ((), True),
        (("--select", "SFA1,SFA502"), True),
        (("--ignore", "SFA501"), True),
        (("--select", "SFA1,SFA501"), False),
        (("--ignore", "SFA502"), False),
    ],
)
def test_a_parameter_goes_where_its_own_rule_is_chosen(words: tuple[str, ...], goes: bool, tmp_path: Path) -> None:
    files = {
        "client.py": HEAD + "\ndef connect(user, password, token):\n" + BODY,
        "job.py": f"import os\n\nfrom client import connect\n\nsf = connect('a@acme.example', {READS})\n",
    }
    after = fixed(tmp_path, files, "--unsafe", *words)
    assert ("def connect(user):\n" in after["client.py"]) is goes
    assert ("connect('a@acme.example')" in after["job.py"]) is goes


def test_a_class_that_takes_a_password(tmp_path: Path) -> None:
    text = (
        HEAD + "\nclass Crm:\n    def __init__(self, user, password, token):\n"
        "        self.sf = Salesforce(username=user, password=password, security_token=token)\n\n\n"
        f'crm = Crm("a@acme.example", {READS})\n'
    )
    assert fixed(tmp_path, {"app.py": text}, "--unsafe")["app.py"] == (
        HEAD.replace("import os\n", "") + "\nclass Crm:\n    def __init__(self, user):\n"
        "        self.sf = Salesforce(username=user)\n\n\n"
        'crm = Crm("a@acme.example")\n'
    )


@pytest.mark.parametrize(
    "use",
    [
        "factory = connect\n",
        "print(map(connect, [], [], []))\n",
        f"args = ({READS})\nsf = connect('a@acme.example', *args)\n",
        "sf = connect(**dict(os.environ))\n",
        "patch('app.connect')\n",
        "sf = connect('a@acme.example', fetched(), fetched())\n",
    ],
)
def test_a_parameter_stays_where_a_use_cannot_be_followed(use: str, tmp_path: Path) -> None:
    head = "def connect(user, password, token):\n"
    text = HEAD + head + BODY + "\n\n" + use
    after = fixed(tmp_path, {"app.py": text}, "--unsafe")["app.py"]
    assert "password" in after.partition("def connect(")[2].partition("\n")[0]
    assert use in after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "@click.command()\n"
            '@click.option("--user")\n'
            '@click.option("--password", envvar="SF_PASSWORD")\n'
            "@click.option(\n"
            '    "--token",\n'
            '    default="",\n'
            ")\n"
            "def connect(user, password, token):\n",
            '@click.command()\n@click.option("--user")\ndef connect(user):\n',
        ),
    ],
)
def test_options_go_with_their_parameters(before: str, after: str, tmp_path: Path) -> None:
    head = "import click\n" + HEAD.removeprefix("import os\n\n")
    assert fixed(tmp_path, {"app.py": head + before + BODY}, "--unsafe")["app.py"] == head + after + LEFT


TYPER: Final = (
    "import typer\nfrom typing import Annotated\n" + HEAD.removeprefix("import os\n") + "app = typer.Typer()\n\n"
)
IN_TYPER: Final = "Annotated[str, typer.Option(envvar='SF_PASSWORD')]"


@pytest.mark.parametrize(
    ("password", "token"),
    [
        (f"password: {IN_TYPER}", "token: str = typer.Option(..., envvar='SF_TOKEN')"),
        (f"password: {IN_TYPER} = ''", "*, token: str = ''"),
    ],
)
def test_typers_options_are_parameters(password: str, token: str, tmp_path: Path) -> None:
    before = f"@app.command()\ndef connect(user: str, {password}, {token}):\n"
    after = fixed(tmp_path, {"app.py": TYPER + before + BODY}, "--unsafe")["app.py"]
    assert after.endswith("@app.command()\ndef connect(user: str):\n" + LEFT)


@pytest.mark.parametrize(
    ("decorator", "use"),
    [
        ("@app.command()\n", "connect('a@acme.example', password='x')\n"),
        ("@app.command()\n", "ctx.invoke(connect, password='x')\n"),
        ("@app.command()\n", "connect.callback('a@acme.example', 'x', '')\n"),
        ("@app.command()\n", "CliRunner().invoke(app, ['a@acme.example', '--password', 'x'])\n"),
        ("@app.command()\n@traced\n", ""),
        ("@other.command()\n", ""),
    ],
)
def test_a_command_that_code_calls_keeps_its_options(decorator: str, use: str, tmp_path: Path) -> None:
    before = f"{decorator}def connect(user: str, password: {IN_TYPER}, token: str = ''):\n"
    after = fixed(tmp_path, {"app.py": TYPER + before + BODY + use}, "--unsafe")["app.py"]
    assert f"password: {IN_TYPER}" in after
    assert use in after


def test_an_argument_without_a_name_has_others_behind_it(tmp_path: Path) -> None:
    before = "@app.command()\ndef connect(password: str, user: str, token: str = typer.Argument('')):\n"
    assert before in fixed(tmp_path, {"app.py": TYPER + before + BODY}, "--unsafe")["app.py"]


PARSER: Final = (
    "import argparse\n\nfrom simple_salesforce import Salesforce\n\nparser = argparse.ArgumentParser()\n"
    'parser.add_argument("--user")\n'
)
FLAG: Final = 'parser.add_argument("-p", "--password", help="of the integration user")\n'
PARSED: Final = "args = parser.parse_args()\n"
CALL: Final = 'sf = Salesforce(username=args.user, password=args.password, security_token="")\n'


def test_flags_go(tmp_path: Path) -> None:
    text = PARSER + FLAG + PARSED + CALL
    assert (
        fixed(tmp_path, {"app.py": text}, "--unsafe")["app.py"]
        == PARSER + PARSED + "sf = Salesforce(username=args.user)\n"
    )


@pytest.mark.parametrize(
    ("flag", "more"),
    [
        ('parser.add_argument("password")\n', ""),
        (FLAG, "print(len(args.password))\n"),
        (FLAG, "print(vars(args))\n"),
        ('option = parser.add_argument("--password")\n', ""),
        (FLAG.replace("\n", "  # says the runbook\n"), ""),
    ],
)
def test_a_flag_stays_where_something_else_may_use_it(flag: str, more: str, tmp_path: Path) -> None:
    assert flag in fixed(tmp_path, {"app.py": PARSER + flag + PARSED + CALL + more}, "--unsafe")["app.py"]


def test_what_python_gives_itself_is_no_parameter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    method = (
        "class Agent:\n"
        '    PASSWORD = os.environ["SF_PASSWORD"]\n\n'
        "    def __init__(self, user):\n"
        '        run(Salesforce(username=user, password=self.PASSWORD, security_token=""))\n\n'
        "    @classmethod\n"
        "    def again(cls, user):\n"
        '        run(Salesforce(username=user, password=cls.PASSWORD, security_token=""))\n'
    )
    after = fixed(tmp_path, {"app.py": HEAD + method}, "--unsafe")["app.py"]
    assert "password" not in after
    assert "def __init__(self, user):" in after
    assert "def again(cls, user):" in after
    assert "SFA502" not in capsys.readouterr().out


def test_signatures_are_for_review(tmp_path: Path) -> None:
    text = HEAD + "def connect(user, password, token):\n" + BODY
    assert fixed(tmp_path, {"app.py": text})["app.py"] == text.replace(BODY, LEFT)


def test_a_comment_keeps_a_parameter(tmp_path: Path) -> None:
    text = (
        HEAD
        + "def connect(\n    user,\n    password,  # orgkey: ignore[SFA502] the other team calls it\n    token,\n):\n"
        + BODY
    )
    after = fixed(tmp_path, {"app.py": text}, "--unsafe")["app.py"]
    assert "password,  # orgkey" in after
    assert "token" not in after
