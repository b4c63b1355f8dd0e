"""Choices between a key and a password, in the layouts of legacy code: the password's branch goes, where that is sure."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Final

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
