"""Single safeguards of the rules for Python code, each in the smallest program that needs it."""

from __future__ import annotations

import textwrap
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import pytest

from orgkey_codemod import check, text
from orgkey_codemod.model import Edit, Finding, Level, Options, Place, Reason, Tree
from orgkey_codemod.python.editing.cleanup import cleanup
from orgkey_codemod.rules import in_python
from orgkey_codemod.verify import broken

if TYPE_CHECKING:
    from collections.abc import Mapping

APP: Final = PurePosixPath("app.py")
HEAD: Final = "import os\n\nfrom simple_salesforce import Salesforce\n\n"


def look(files: Mapping[str, str] | str, **options: Any) -> tuple[Tree, list[Finding]]:
    given = {"app.py": files} if isinstance(files, str) else files
    tree = Tree(Options(**options), {PurePosixPath(name): code.encode() for name, code in given.items()})
    return tree, check.examine(tree, in_python.RULES)


def fix(files: Mapping[str, str] | str, *, unsafe: bool = False, **options: Any) -> dict[str, str]:
    tree, findings = look(files, **options)
    rewrite = check.rewrite(tree, findings, unsafe=unsafe, cleanup=cleanup)
    assert not rewrite.failures
    return {str(path): content.decode() for path, content in rewrite.changed.items()}


# --- bytes ------------------------------------------------------------------------------------------------------------


def test_equal_edits_count_once_and_a_deletion_swallows_what_lies_in_it() -> None:
    edits = [Edit(APP, 2, 4, b"X"), Edit(APP, 2, 4, b"X"), Edit(APP, 5, 9, b""), Edit(APP, 6, 7, b"")]
    assert text.apply(b"0123456789", edits) == b"01X49"


def test_what_is_inserted_where_a_deletion_begins_survives() -> None:
    assert text.apply(b"0123456789", [Edit(APP, 2, 6, b""), Edit(APP, 2, 2, b"new")]) == b"01new6789"


def test_edits_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(text.OverlapError):
        text.apply(b"0123456789", [Edit(APP, 2, 6, b"a"), Edit(APP, 4, 8, b"b")])


def test_an_unknown_encoding_is_an_error_with_a_line() -> None:
    with pytest.raises(text.UnreadableError) as caught:
        text.decode(APP, b"# coding: klingon\nx = 1\n")
    assert caught.value.line == 1


def test_an_encoding_that_cannot_be_cut_is_left_alone() -> None:
    with pytest.raises(text.UnreadableError):
        text.decode(APP, "# coding: utf-7\nx = 1\n".encode("utf-7"))


# --- before it is written ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "problem"),
    [("sf = (", "would not parse"), ("print(os.sep)", "os"), ("import os", "no longer use os")],
)
def test_a_rewrite_that_would_break_the_file_is_noticed(after: str, problem: str) -> None:
    found = broken(APP, b"import os\nprint(os.sep)\n", after.encode(), lambda name: False)
    assert found is not None
    assert problem in found


def test_one_bad_rewrite_stops_only_its_own_files() -> None:
    tree = Tree(Options(), {APP: b"x = 1\n", PurePosixPath("good.py"): b"y = 2\n"})
    bad = finding(Edit(APP, 0, 5, b"x = ("))
    good = finding(Edit(PurePosixPath("good.py"), 4, 5, b"3"))
    rewrite = check.rewrite(tree, [bad, good])
    assert {str(path) for path in rewrite.changed} == {"good.py"}
    assert [failure.path for failure in rewrite.failures] == [APP]
    assert rewrite.fixed == (good,)


def test_a_finding_is_fixed_in_all_its_files_or_in_none() -> None:
    other = PurePosixPath("other.py")
    tree = Tree(Options(), {APP: b"x = 1\n", other: b"y = 2\n"})
    both = finding(Edit(APP, 0, 5, b"x = ("), Edit(other, 4, 5, b"3"))
    assert not check.rewrite(tree, [both]).changed


def finding(*edits: Edit) -> Finding:
    return Finding("SFA101", Level.SAFE, edits[0].path, Place(1), "a test's", edits=edits)


# --- what a default fix must not do -----------------------------------------------------------------------------------


def test_an_import_moves_only_if_every_call_through_it_does() -> None:
    code = HEAD.replace("Salesforce\n", "Salesforce, SalesforceLogin\n") + textwrap.dedent("""\
        sid, host = SalesforceLogin(username=os.environ["U"], password=os.environ["P"])
        sf = Salesforce(username="ann@acme.example", password="Marigold-boat-8", security_token="")
        """)
    assert fix(code) == {}
    assert "orgkey_simple_salesforce" in fix(code, unsafe=True)["app.py"]


def test_a_call_beside_one_that_stays_names_the_replacement_itself() -> None:
    code = HEAD + textwrap.dedent("""\
        sf = Salesforce(username=os.environ["U"], password=os.environ["P"], security_token="")
        typed = Salesforce(username="ann@acme.example", password=input(), security_token="")
        """)
    after = fix(code, unsafe=True)["app.py"]
    assert 'sf = orgkey_simple_salesforce.Salesforce(username=os.environ["U"])' in after
    assert 'typed = Salesforce(username="ann@acme.example", password=input(), security_token="")' in after
    assert "from simple_salesforce import Salesforce\n" in after


@pytest.mark.parametrize("source", ["json.loads(request.body)", "request.data", "request.get_json()", "request.form"])
def test_what_a_request_brings_was_typed_by_a_person(source: str) -> None:
    code = textwrap.dedent(f"""\
        import json
        from simple_salesforce import Salesforce

        def login(request):
            body = {source}
            return Salesforce(username=body["u"], password=body["p"], security_token=body["t"])
        """)
    _, findings = look(code)
    assert [found.reason for found in findings] == [Reason.USER_SUPPLIED_CREDENTIAL]


def test_an_exported_constant_is_not_taken_away_even_unsafely() -> None:
    code = HEAD + textwrap.dedent("""\
        __all__ = ["P"]
        P = os.environ["P"]
        sf = Salesforce(username=os.environ["U"], password=P, security_token="")
        """)
    assert 'P = os.environ["P"]' in fix(code, unsafe=True)["app.py"]


@pytest.mark.parametrize(
    "held",
    [
        "import os  # noqa: E401\n",
        "try:\n    from creds import PW\nexcept ImportError:\n    PW = None\n",
        "from creds import (\n    PW,  # not in this repository\n    USER,\n)\n",
    ],
)
def test_an_import_that_a_comment_or_a_block_holds_stays_and_fails_nothing(held: str) -> None:
    value = "PW" if "PW" in held else 'os.environ["PW"]'
    code = f'{held}from simple_salesforce import Salesforce\n\nsf = Salesforce("a@acme.example", {value}, "")\n'
    after = fix(code)["app.py"]
    assert after.startswith(held)
    assert after.endswith('sf = Salesforce("a@acme.example")\n')


@pytest.mark.parametrize("indent", ["", "    "])
def test_an_alias_of_the_library_stays_where_more_of_it_is_used(indent: str) -> None:
    code = "def connect():\n" if indent else ""
    code += (
        f"{indent}import simple_salesforce as ss\n{indent}try:\n"
        f'{indent}    sf = ss.Salesforce("a@acme.example", PASSWORD, "")\n'
        f"{indent}except ss.exceptions.SalesforceMalformedRequest:\n{indent}    sf = None\n"
    )
    after = fix(code)["app.py"]
    assert "import simple_salesforce as ss" in after
    assert 'sf = orgkey_simple_salesforce.Salesforce("a@acme.example")' in after
    assert "except ss.exceptions" in after


def test_a_suppressed_login_stays_and_so_does_what_feeds_it() -> None:
    code = HEAD + textwrap.dedent("""\
        P = os.environ["P"]
        sf = Salesforce(username="a", password=P, security_token="")  # orgkey: ignore[SFA101] an archive
        """)
    tree, findings = look(code)
    assert findings == []
    assert not check.rewrite(tree, findings, unsafe=True, cleanup=cleanup).changed


@pytest.mark.parametrize(("given", "left"), [("sandbox=False", ""), ("sandbox=True", ', domain="test"')])
def test_the_old_sandbox_argument_is_translated(given: str, left: str) -> None:
    code = HEAD + f'sf = Salesforce(username=os.environ["U"], password=os.environ["P"], {given})\n'
    assert f'sf = Salesforce(username=os.environ["U"]{left})\n' in fix(code, unsafe=True)["app.py"]


def test_what_only_a_login_under_review_used_goes_with_it() -> None:
    code = HEAD + textwrap.dedent("""\
        def connect():
            password = os.environ["P"] + os.environ["T"]
            return Salesforce(username="a", password=password, organizationId="00D000000000001")
        """)
    after = fix(code, unsafe=True)["app.py"]
    assert "password" not in after
    assert "import os" not in after


def test_a_comment_that_speaks_of_what_goes_stays_even_unsafely() -> None:
    code = HEAD + textwrap.dedent("""\
        sf = Salesforce(
            password=os.environ["P"],  # rotated every quarter
            username=os.environ["U"],
        )
        """)
    assert fix(code) == {}
    assert "# rotated every quarter\n    username" in fix(code, unsafe=True)["app.py"]


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("from decouple import config", 'config("SF_PASS", default="")'),
        ("import environ\nenv = environ.Env()", 'env("SF_PASS")'),
        ("from environs import Env\nenv = Env()", 'env.str("SF_PASS")'),
        ("from os import getenv as g", 'g("SF_PASS")'),
    ],
)
def test_other_ways_to_read_the_environment_have_no_side_effects(header: str, read: str) -> None:
    call = 'sf = Salesforce(username="ann@acme.example", password=PASSWORD, security_token="")'
    code = f"{header}\nfrom simple_salesforce import Salesforce\nPASSWORD = {read}\n{call}\n"
    assert "PASSWORD" not in fix(code)["app.py"]


def test_fields_of_settings_classes_are_found_by_class_and_by_instance() -> None:
    code = HEAD + textwrap.dedent("""\
        class Settings:
            PASSWORD = os.environ["P"]

        class Config:
            def __init__(self):
                self.token = os.environ["T"]

        def connect(config: Config = Config()):
            config = Config()
            return Salesforce(username="a", password=Settings.PASSWORD, security_token=config.token)
        """)
    _, findings = look(code)
    assert ("SFA501", Level.REVIEW, 6) in {(found.code, found.level, found.place.line) for found in findings}


# --- notebooks --------------------------------------------------------------------------------------------------------


def test_a_notebook_whose_source_is_one_string_with_characters_of_many_bytes() -> None:
    cell = (
        "from simple_salesforce import Salesforce\\nü = '\\ud83d\\ude00 é'; sf = Salesforce(username='ü', password=P)"
    )
    book = '{"cells":[{"cell_type":"code","source":"P = x\\n' + cell + '"}],"nbformat":4}'
    after = fix({"a.ipynb": book})["a.ipynb"]
    assert after == book.replace("P = x\\n", "").replace("simple_sal", "orgkey_simple_sal").replace(", password=P", "")
