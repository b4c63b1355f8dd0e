"""Choices between a key and a password, in the layouts of legacy code: the password's branch goes, where that is sure."""

from __future__ import annotations

import itertools
import os
import textwrap
from pathlib import Path
from typing import Final
from unittest import mock

import pytest

from orgkey_codemod import cli

HEAD: Final = "import os\n\nfrom simple_salesforce import Salesforce\n\n"
KEY: Final = 'Salesforce(username=USER, consumer_key="acme", privatekey_file=os.environ["KEY_FILE"])'
PASSWORD: Final = 'Salesforce(username=USER, password=os.environ["ACME_PASSWORD"], security_token="")'
USER: Final = 'USER = os.environ["SF_USER"]\n'


def written(code: str) -> str:
    """A program in short: A logs in with a key, B with the password."""
    text = textwrap.dedent(code).strip("\n") + "\n"
    return HEAD + USER + text.replace("<A>", KEY).replace("<B>", PASSWORD)


def fix(folder: Path, code: str, *words: str) -> str:
    given = folder / "given"
    given.mkdir()
    (given / "app.py").write_text(written(code))
    assert cli.main(["fix", *words, str(given)]) in {0, 1}
    first = (given / "app.py").read_text()
    assert cli.main(["fix", *words, str(given)]) in {0, 1}
    assert (given / "app.py").read_text() == first, "a second run changes something"
    compile(first, "app.py", "exec")
    return first


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            if "KEY_FILE" in os.environ:
                sf = <A>
            else:
                sf = <B>
            """,
            "sf = <A>",
            id="else",
        ),
        pytest.param(
            """
            def connect():
                if os.environ.get("KEY_FILE"):
                    version = "64.0"
                    return (
                        <A>
                    )
                else:
                    print("no key")
                    return <B>
            """,
            """
            def connect():
                version = "64.0"
                return (
                    <A>
                )
            """,
            id="else_with_a_word",
        ),
        pytest.param(
            """
            if "KEY_FILE" in os.environ:
                sf = <A>
            else:
                logger.critical("no key")
                os.sys.stderr.write("no key")
                sf = <B>
            """,
            "sf = <A>",
            id="else_with_another_word",
        ),
        pytest.param(
            """
            if os.environ.get("ACME_PASSWORD"):
                sf = <B>
            else:
                sf = <A>
            """,
            "sf = <A>",
            id="password_first",
        ),
        pytest.param(
            """
            def connect():
                password = os.environ.get("ACME_PASSWORD")
                if password:
                    return Salesforce(username=USER, password=password, security_token="")
                return <A>
            """,
            """
            def connect():
                return <A>
            """,
            id="late_return",
        ),
        pytest.param(
            """
            def connect():
                if "KEY_FILE" in os.environ:
                    return <A>
                password = os.environ["ACME_PASSWORD"]
                return Salesforce(username=USER, password=password, security_token="")
            """,
            """
            def connect():
                return <A>
            """,
            id="early_return",
        ),
        pytest.param(
            """
            if "KEY_FILE" in os.environ:
                sf = <A>
            elif "ACME_PASSWORD" in os.environ:
                sf = <B>
            else:
                raise SystemExit("nothing to log in with")
            """,
            """
            if "KEY_FILE" in os.environ:
                sf = <A>
            else:
                raise SystemExit("nothing to log in with")
            """,
            id="elif_then_else",
        ),
        pytest.param(
            """
            sf = None
            if "KEY_FILE" in os.environ:
                sf = <A>
            elif "ACME_PASSWORD" in os.environ:
                sf = <B>
            print(sf)
            """,
            """
            sf = None
            if "KEY_FILE" in os.environ:
                sf = <A>
            print(sf)
            """,
            id="elif_last",
        ),
        pytest.param(
            """
            if "ACME_PASSWORD" in os.environ:
                sf = <B>
            elif "KEY_FILE" in os.environ:
                sf = <A>
            else:
                sf = None
            """,
            """
            if "KEY_FILE" in os.environ:
                sf = <A>
            else:
                sf = None
            """,
            id="password_then_elif",
        ),
        pytest.param(
            """
            try:
                sf = <A>
            except KeyError:
                sf = <B>
            """,
            "sf = <A>",
            id="try",
        ),
        pytest.param(
            'sf = <A> if "KEY_FILE" in os.environ else <B>',
            "sf = <A>",
            id="expression",
        ),
        pytest.param(
            """
            sf = (
                <B>
                if "ACME_PASSWORD" in os.environ
                else <A>
            )
            """,
            """
            sf = (
                <A>
            )
            """,
            id="expression_over_lines",
        ),
        pytest.param(
            """
            if "KEY_FILE" in os.environ: sf = <A>
            else: sf = <B>
            """,
            "sf = <A>",
            id="on_one_line",
        ),
    ],
)
def test_the_branch_goes(before: str, after: str, tmp_path: Path) -> None:
    assert fix(tmp_path, before, "--unsafe") == written(after)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(
            """
            if "KEY_FILE" in os.environ:
                sf = <A>
            else:
                # until the sandbox has a key
                sf = <B>
            """,
            id="a_comment",
        ),
        pytest.param(
            """
            if "KEY_FILE" in os.environ:
                sf = <A>
            else:
                os.environ["SF_MODE"] = "password"
                sf = <B>
            """,
            id="more_than_a_login",
        ),
        pytest.param(
            """
            if "KEY_FILE" in os.environ:
                main = <A>
            else:
                sf = <B>
            """,
            id="another_name",
        ),
        pytest.param(
            """
            if "SID" in os.environ:
                sf = Salesforce(session_id=os.environ["SID"], instance="acme.my.salesforce.com")
            else:
                sf = <B>
            """,
            id="a_session_from_outside",
        ),
        pytest.param(
            """
            if "KEY_FILE" in os.environ:
                sf, note = <A>, '''two
                lines'''
            else:
                sf = <B>
            """,
            id="a_text_over_lines",
        ),
    ],
)
def test_where_that_is_not_sure_the_password_goes_and_the_branch_stays(before: str, tmp_path: Path) -> None:
    after = fix(tmp_path, before, "--unsafe")
    expected = written(before).replace(', password=os.environ["ACME_PASSWORD"], security_token=""', "")
    assert [line for line in after.splitlines() if "import" not in line] == [
        line for line in expected.splitlines() if "import" not in line
    ]
    assert "orgkey_simple_salesforce" in after, "the fallback would log in without anything"


ANN: Final = 'Salesforce(username="ann@acme.example", consumer_key="acme", privatekey_file="k.pem"'
BOB: Final = 'Salesforce(username="bob@acme.example", password=os.environ["ACME_PASSWORD"], security_token=""'
MAYBE: Final = 'os.environ.get("PROD")'
PLACES: Final = [
    pytest.param(f"sf = {ANN}) if {MAYBE} else {BOB})", id="conditional_by_stage"),
    pytest.param(f"sf = {KEY} if {MAYBE} else {PASSWORD}", id="conditional_by_stage_one_user"),
    pytest.param(
        f'if os.environ.get("ENV") == "prod":\n    sf = {KEY}\nelse:\n    sf = {PASSWORD[:-1]}, domain="test")',
        id="stage",
    ),
    pytest.param(
        f'if os.environ.get("ENV") == "prod":\n    sf = {KEY}\nelse:\n    sf = {PASSWORD}', id="stage_one_user"
    ),
    pytest.param(
        f"if os.environ.get('ENV') != 'prod':\n    sf = {BOB})\nelse:\n    sf = {ANN})", id="the_other_way_round"
    ),
    pytest.param(
        f"def connect(org):\n    if org == 'eu':\n        return {ANN})\n    return {BOB})\n\n\nsf = connect(os.environ.get('ENV'))",
        id="early_return_by_region",
    ),
    pytest.param(
        f"def connect(org):\n    if org == 'us':\n        return {BOB})\n    return {ANN})\n\n\nsf = connect(os.environ.get('ENV'))",
        id="late_return_by_region",
    ),
    pytest.param(f'if "KEY_FILE" in os.environ:\n    sf = {ANN})\nelse:\n    sf = {BOB})', id="by_key_another_user"),
    pytest.param(
        f'if "KEY_FILE" in os.environ:\n    sf = {ANN})\nelse:\n    sf = {BOB.replace("bob@", "ann@")}, domain="test")',
        id="by_key_another_domain",
    ),
    pytest.param(
        f'if "KEY_FILE" in os.environ:\n    sf = {ANN}, instance_url="https://a.my.salesforce.com")\n'
        f'else:\n    sf = {BOB.replace("bob@", "ann@")}, instance_url="https://b.my.salesforce.com")',
        id="by_key_another_instance",
    ),
    pytest.param(
        f'if "KEY_FILE" in os.environ:\n    who = "ann@acme.example"\n    sf = {ANN})\nelse:\n    who = "bob@acme.example"\n'
        f"    sf = {BOB})".replace('"ann@acme.example", c', "who, c").replace('"bob@acme.example", p', "who, p"),
        id="by_key_one_name_two_users",
    ),
    pytest.param(f"try:\n    sf = {ANN})\nexcept KeyError:\n    sf = {BOB})", id="try_another_user"),
    pytest.param(
        f'if "KEY_FILE" in os.environ and os.environ.get("ENV") == "prod":\n    sf = {KEY}\nelse:\n    sf = {PASSWORD}',
        id="a_key_and_a_stage",
    ),
    pytest.param(
        f'sf = None\nif os.environ.get("ENV") == "eu":\n    sf = {KEY}\nelif "ACME_PASSWORD" in os.environ:\n    sf = {PASSWORD}',
        id="elif_behind_a_region",
    ),
    pytest.param(
        f'if "SESSION_TOKEN" in os.environ:\n    sf = Salesforce(session_id="s", instance="acme.my.salesforce.com")\n'
        f'elif "ACME_PASSWORD" in os.environ:\n    sf = {PASSWORD}\nelse:\n    raise SystemExit(1)',
        id="elif_behind_a_session",
    ),
]


def logged_in(code: str, environment: dict[str, str]) -> list[object]:
    """Whom a program logs in as, and where."""
    seen: list[object] = []

    def login(**words: object) -> None:
        seen.append([words.get(name) for name in ("username", "domain", "instance", "instance_url")])

    lines = [line for line in code.splitlines() if "simple_salesforce" not in line]
    with mock.patch.dict(os.environ, environment, clear=True):
        exec(compile("\n".join(lines), "app.py", "exec"), {"Salesforce": login})
    return seen


@pytest.mark.parametrize("before", PLACES)
def test_a_choice_between_users_or_orgs_stays(before: str, tmp_path: Path) -> None:
    after = fix(tmp_path, before, "--unsafe")
    assert "ACME_PASSWORD" not in after.replace('elif "ACME_PASSWORD"', "")
    assert after.count("Salesforce(") == written(before).count("Salesforce(")
    for stage, prod, key in itertools.product((None, "prod", "eu", "us"), (None, "1"), (None, "a.pem")):
        names = {"ENV": stage, "PROD": prod, "KEY_FILE": key}
        given = {"SF_USER": "u@acme.example", "ACME_PASSWORD": "x"}
        given |= {name: value for name, value in names.items() if value is not None}
        if 'os.environ["KEY_FILE"]' in before and key is None:
            continue
        assert logged_in(after, given) == logged_in(written(before), given), names


@pytest.mark.parametrize(
    "before",
    [
        "def connect(key):\n    if key:\n        return <A>\n    return <B>\n",
        "def connect(customer):\n    if customer.private_key:\n        return <A>\n    return <B>\n",
        "for customer in customers():\n    if customer.private_key:\n        sf = <A>\n    else:\n        sf = <B>\n",
        "class Api:\n    def connect(self):\n        return <A> if self.private_key else <B>\n",
        "def connect(customer):\n    key = customer.private_key\n    if key:\n        return <A>\n    return <B>\n",
        "pass_through = os.getenv('PROXY')\nif pass_through:\n    sf = <A>\nelse:\n    sf = <B>\n",
        "key_org = os.getenv('ORG')\nif key_org:\n    sf = <A>\nelse:\n    sf = <B>\n",
        "if load_key():\n    sf = <A>\nelse:\n    sf = <B>\n",
    ],
)
def test_a_choice_for_each_customer_stays(before: str, tmp_path: Path) -> None:
    after = fix(tmp_path, before, "--unsafe")
    expected = written(before).replace(', password=os.environ["ACME_PASSWORD"], security_token=""', "")
    assert after == expected.replace("from simple_salesforce", "from orgkey_simple_salesforce")


def test_what_is_wanted_may_choose_by_its_name(tmp_path: Path) -> None:
    before = 'if os.getenv("AUTH") == "jwt":\n    sf = <A>\nelse:\n    sf = <B>'
    assert fix(tmp_path, before, "--unsafe") == written("sf = <A>")


def test_a_choice_is_for_review(tmp_path: Path) -> None:
    before = 'if "KEY_FILE" in os.environ:\n    sf = <A>\nelse:\n    sf = <B>\n'
    assert fix(tmp_path, before) == written(before)


def test_what_is_left_needs_no_new_package_and_no_new_variable(tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "requirements.txt").write_text("simple-salesforce\n")
    (tmp_path / "given" / ".env.example").write_text("SF_USER=\nACME_PASSWORD=\nKEY_FILE=\n")
    (tmp_path / "given" / "app.py").write_text(
        written('if "KEY_FILE" in os.environ:\n    sf = <A>\nelse:\n    sf = <B>\n')
    )
    cli.main(["fix", "--unsafe", str(tmp_path / "given")])
    assert (tmp_path / "given" / "requirements.txt").read_text() == "simple-salesforce\n"
    assert (tmp_path / "given" / ".env.example").read_text() == "SF_USER=\nKEY_FILE=\n"
