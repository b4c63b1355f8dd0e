"""Logins written in every way that Python allows: a fix parses, keeps what is not its own, and changes nothing twice."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import PurePosixPath

import hypothesmith
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from orgkey_codemod import check
from orgkey_codemod.model import Level, Options, Tree
from orgkey_codemod.python.editing.cleanup import cleanup
from orgkey_codemod.rules import RULES

PATH = PurePosixPath("app.py")
GONE = {"password", "security_token"}
PROFILE = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck), derandomize=True)

IMPORTS = {
    "from simple_salesforce import Salesforce": "Salesforce",
    "from simple_salesforce import Salesforce as Crm": "Crm",
    "from simple_salesforce import (\n    Salesforce,  # the client\n    SFType,\n)": "Salesforce",
    "import simple_salesforce": "simple_salesforce.Salesforce",
    "import simple_salesforce as ss": "ss.Salesforce",
    "from simple_salesforce.api import Salesforce": "Salesforce",
}
SOURCES = {
    "username": 'os.environ["CRM_USER"]',
    "password": 'os.environ["CRM_PASS"]',
    "security_token": 'os.getenv("CRM_TOKEN", "")',
}
OTHERS = {
    "domain": '"test"',
    "version": 'f"{58 + 1}.0"',
    "session": "(lambda: None)()",
    "proxies": '{"https": "http://proxy:8080", **{}}',
    "client_id": "'ünï, (password)=#'",
}
GAPS = st.sampled_from(["", " ", "\n    ", "\n\t", " \\\n  ", "\n\n        "])
AROUND = (
    "sf = {}",
    "def connect():\n    return {}",
    "connect = lambda: {}",
    "def connect(sf={}):\n    return sf",
    "@(lambda function: function)\ndef connect():\n    yield {}",
    "rows = [row for row in {}.query('')]",
    "with {} as sf:\n    pass",
    "print(f'{{{}!r:>10}}')",
    "async def connect():\n    return await wrap({})",
    "class Holder:\n    sf = {}",
    "if True: sf = {}; print(sf)",
)


@st.composite
def calls(draw, *, comments: bool = True) -> tuple[str, dict[str, str]]:
    """The argument list of a login, and its arguments by name."""
    others = draw(st.lists(st.sampled_from(sorted(OTHERS)), unique=True))
    names = draw(st.permutations([*SOURCES, *others]))
    pieces = []
    for number, name in enumerate(names):
        equals = draw(st.sampled_from(["=", " = ", "= "]))
        comma = "," if number < len(names) - 1 or draw(st.booleans()) else ""
        comment = "  # kept\n    " if comments and draw(st.booleans()) else ""
        pieces.append(
            f"{draw(GAPS)}{name}{equals}{(SOURCES | OTHERS)[name]}{draw(st.sampled_from(['', ' ']))}{comma}{comment}"
        )
    return "".join(pieces) + draw(st.sampled_from(["", " ", "\n"])), {name: (SOURCES | OTHERS)[name] for name in names}


def fix(content: bytes, *, unsafe: bool = False) -> tuple[bytes, list]:
    tree = Tree(Options(), {PATH: content})
    findings = check.examine(tree, RULES)
    result = check.rewrite(tree, findings, unsafe=unsafe, cleanup=cleanup)
    assert not result.failures
    return result.changed.get(PATH, content), findings


def logins(content: bytes) -> list[dict[str, str]]:
    """The keywords of each call that names the client's class."""
    tree = ast.parse(content)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [node for node in calls if ast.unparse(node.func).endswith(("Salesforce", "Crm"))]
    return [{each.arg: ast.unparse(each.value) for each in node.keywords} for node in named]


def comments(content: bytes) -> list[str]:
    return sorted(
        each.string for each in tokenize.tokenize(io.BytesIO(content).readline) if each.type == tokenize.COMMENT
    )


def program(imported: str, around: str, arguments: str) -> str:
    called = f"{IMPORTS[imported]}({arguments})"
    return f"# -*- coding: utf-8 -*-\nimport os\n{imported}\n\n{around.format(called)}\n"


@PROFILE
@given(
    st.sampled_from(sorted(IMPORTS)),
    st.sampled_from(AROUND),
    calls(),
    st.tuples(st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans()),
)
def test_a_fix_keeps_everything_but_the_password(imported, around, call, file):
    newline, bom, unsafe = file
    arguments, given_arguments = call
    text = program(imported, around, arguments)
    try:
        ast.parse(text)
    except SyntaxError:
        assume(False)  # what a line of an f-string may hold differs between Pythons
    before = (b"\xef\xbb\xbf" if bom else b"") + text.replace("\n", newline).encode()
    after, findings = fix(before, unsafe=unsafe)

    assert findings, "a login was not found"
    assert any(finding.code == "SFA101" for finding in findings)
    changes = {"safe", "review"} if unsafe else {"safe"}
    if any(finding.level.value in changes and finding.edits for finding in findings if finding.code == "SFA101"):
        assert logins(after) == [
            {
                name: ast.unparse(ast.parse(value, mode="eval"))
                for name, value in given_arguments.items()
                if name not in GONE
            }
        ]
    else:
        assert after == before
    assert unsafe or comments(after) == comments(before)
    assert after.startswith(b"\xef\xbb\xbf") == bom
    assert (b"\r" in after) == (newline == "\r\n")
    assert after.count(b"\r\n") == after.count(b"\n") or newline == "\n"
    assert fix(after, unsafe=unsafe)[0] == after, "a second run changes something"


@PROFILE
@given(st.sampled_from(sorted(IMPORTS)), calls(comments=False))
def test_a_plain_login_is_safe_however_it_is_laid_out(imported, call):
    _, findings = fix(program(imported, "sf = {}", call[0]).encode())
    assert [finding.level for finding in findings if finding.code == "SFA101"] == [Level.SAFE]


@settings(PROFILE, max_examples=12)
@given(hypothesmith.from_node())
def test_code_around_a_login_stays_byte_for_byte(code):
    try:
        code.encode()
        ast.parse(code)
    except (SyntaxError, ValueError, UnicodeEncodeError):
        assume(False)
    login = (
        'import simple_salesforce\nsf_ = simple_salesforce.Salesforce(username=x_, password=y_, security_token="")\n'
    )
    before = (login + code).encode()
    try:
        ast.parse(before)
    except (SyntaxError, ValueError):
        assume(False)  # from __future__ has to come first
    after, _ = fix(before)
    assert after.endswith(code.encode())
    ast.parse(after)


@settings(PROFILE, max_examples=100)
@given(
    st.binary(max_size=300),
    st.sampled_from([".py", ".ipynb", ".env.example", ".mcp.json", "requirements.txt", "a.yml"]),
)
def test_any_bytes_are_survived(noise, name):
    path = PurePosixPath(name if not name.startswith((".py", ".ipynb")) else f"x{name}")
    tree = Tree(Options(docs=True, tests=True), {path: b"salesforce SALESFORCE_PASSWORD=\n" + noise})
    findings = check.examine(tree, RULES)
    check.rewrite(tree, findings, unsafe=True, cleanup=cleanup)


@pytest.mark.parametrize("cut", range(0, 240, 7))
def test_a_file_that_is_cut_off_is_survived(cut):
    whole = program("from simple_salesforce import Salesforce", "sf = {}", 'username=u, password="p", security_token=t')
    tree = Tree(Options(), {PATH: whole.encode()[:cut]})
    check.rewrite(tree, check.examine(tree, RULES), unsafe=True, cleanup=cleanup)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('domain="test",  # kept\n    security_token=t)', 'domain="test"  # kept\n    )'),
        ('domain="test",  # kept\n    security_token=t,)', 'domain="test",  # kept\n    )'),
        (
            'domain="test",  # kept\n    security_token=t, version="59.0")',
            'domain="test",  # kept\n    version="59.0")',
        ),
        ('domain="test",  # kept\n    security_token=t\n)', 'domain="test"  # kept\n)'),
    ],
)
def test_what_is_left_of_a_line_does_not_become_part_of_a_comment_above_it(before, after):
    head = "from simple_salesforce import Salesforce\n\nsf = Salesforce(username=u, "
    assert fix(f"{head}{before}\n".encode())[0].decode() == f"{head}{after}\n".replace("simple_", "orgkey_simple_")
