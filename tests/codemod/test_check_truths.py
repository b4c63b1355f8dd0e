"""Checks evaluated before and after a fix: without a password they give up as they did with one, and nowhere else."""

from __future__ import annotations

import itertools
import json
import os
import textwrap
from pathlib import Path, PurePosixPath
from typing import Any, Final
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgkey_codemod import check, cli
from orgkey_codemod.model import Level, Options, Tree
from orgkey_codemod.python.editing.cleanup import cleanup
from orgkey_codemod.rules import in_python

HEAD: Final = "import os\nimport sys\n\nfrom simple_salesforce import Salesforce\n\n"
READS: Final = (
    'user = os.getenv("SF_USER")\npw = os.getenv("SF_PASSWORD")\ntoken = os.getenv("SF_TOKEN")\n'
    'sid = os.getenv("SF_SESSION")\nPROD = os.getenv("PROD") == "1"\n'
)
LOGIN: Final = "sf = Salesforce(username=user, password=pw, security_token=token)\n"
INLINE: Final = (
    'sf = Salesforce(username=os.environ["SF_USER"], password=os.environ["SF_PASSWORD"], '
    'security_token=os.environ["SF_TOKEN"])\n'
)
OTHERS: Final = ("SF_USER", "SF_SESSION", "PROD")
SECRETS: Final = ("SF_PASSWORD", "SF_TOKEN")


def fixed(folder: Path, program: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, list[dict[str, Any]]]:
    tree = folder / "given"
    tree.mkdir()
    (tree / "app.py").write_text(program)
    capsys.readouterr()
    assert cli.main(["check", "--format", "json", str(tree)]) == 1
    found = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["code"] == "SFA503"]
    assert cli.main(["fix", "--unsafe", str(tree)]) in {0, 1}
    return (tree / "app.py").read_text(), found


def gives_up(program: str, variables: dict[str, str]) -> bool:
    """Whether a program ends before its login."""
    kept = [line for line in program.splitlines() if "simple_salesforce" not in line]
    code = compile("\n".join(kept), "app.py", "exec")
    with mock.patch.dict(os.environ, variables, clear=True):
        try:
            exec(code, {"Salesforce": lambda **_: None})
        except (SystemExit, AssertionError, ValueError, KeyError, TypeError, AttributeError):
            return True
    return False


def assert_same_answers(before: str, after: str) -> None:
    """Without secrets the rewritten program gives up where the old one did with them."""
    for values in itertools.product((None, "", "1"), repeat=len(OTHERS)):
        others = {name: value for name, value in zip(OTHERS, values, strict=True) if value is not None}
        if not others.get("SF_USER") and "SF_USER" not in before.partition("sf = ")[0]:
            continue
        wanted = gives_up(before, {**others, **dict.fromkeys(SECRETS, "x")})
        assert gives_up(after, others) is wanted, others
        assert gives_up(before, others) or not wanted, "the check gives up where it did not"


def whole(check: str, login: str = LOGIN) -> str:
    text = textwrap.dedent(check).strip("\n")
    text = text if "\n" in text or text.startswith(("assert", "for")) else f"if {text}:\n    sys.exit(1)"
    return HEAD + (READS if login == LOGIN else "") + text + "\n" + login


@pytest.mark.parametrize(
    "check",
    [
        "not user or not pw",
        "not pw or not token or user is None",
        "not (user and pw and token)",
        "not (pw and user and token)",
        "user is None or (pw is None or token is None)",
        "not user or (pw and not token)",
        "not user or not (pw or token)",
        'not user or pw == "" or None is token',
        "not user or len(pw) == 0 or len(token) < 1 or not len(pw) > 0",
        "not (user and bool(pw) and pw.strip() and len(token) >= 1)",
        "pw is None or not (PROD or user)",
        "pw in (None, '') or not user",
        "not all([user, pw, token])",
        "not all((pw, user)) or not token",
        "any(each is None for each in (user, pw, token))",
        "any([not user, not pw])",
        "any([user is None, pw is None, token is None])",
        "None in (user, pw) or '' in [token, user]",
        "not all(each for each in [pw, token, user])",
        "[each for each in (user, pw, token) if not each]",
        "[name for name, value in (('user', user), ('password', pw)) if not value]",
        "len([each for each in (user, pw) if each is None]) > 0",
        "(missing := [n for n, v in [('user', user), ('pw', pw), ('token', token)] if v is None])",
        "not pw",
        "not pw and not token",
        "not (pw and token)",
        "not any([pw, token])",
        "pw is None or token == '' or len(pw) == 0",
        "assert user and pw and token, 'settings'",
        "assert not (not user or not pw)",
        "assert all([user, pw])",
        "assert pw",
        "assert pw and token, 'both'",
        "assert None not in (user, pw)",
        "assert user is not None and pw is not None and token != ''",
    ],
)
def test_without_a_password_a_check_gives_up_as_with_one(
    check: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = whole(check)
    after, found = fixed(tmp_path, before, capsys)
    assert {each["level"] for each in found} == {"review"}
    assert "pw" not in after.replace("'pw'", "")
    assert_same_answers(before, after)


@pytest.mark.parametrize(
    "check",
    [
        "PROD and pw is None",
        "pw is None and PROD",
        "not pw and not sid",
        "not (pw or sid)",
        "not user or (not pw and not sid)",
        "not user or not (pw or sid)",
        "not (user and (pw or sid))",
        "not any([pw, sid])",
        "not any(each for each in (pw, sid))",
        "all(each is None for each in (pw, sid))",
        "assert pw or sid",
        "assert not PROD or pw",
        "assert any((pw, sid))",
        "assert user and (pw or sid)",
        "assert len([x for x in (user, pw) if x]) == 2",
        "len([x for x in (user, pw) if x]) != 2",
        "sum(map(bool, (user, pw))) < 2",
        "bool(user) != bool(pw)",
        "(user, pw) == (None, None)",
        "pw",
        "pw or not user",
        "any([pw, not user])",
        "not (user and not pw)",
        "pw and not sid",
        "user and pw",
        "not pw and user",
        "not user or (pw and not sid)",
        "not (not user or pw)",
        "all([user, pw])",
        "not any([not user, not pw])",
        "not None in (user, pw)",
        "not [n for n, v in (('user', user), ('pw', pw)) if not v]",
        "[x for x in (user, pw) if x]",
        "assert not all([user, pw])",
        "not (pw and (user and token))",  # a bracket would be left over
        "not ((user and token) and pw)",
        "len(pw) < 12 or not user",
        "assert not pw, 'no password here'",
        "pw == user or not user",
        "not user or (pw if PROD else sid) is None",
        "{user, pw} & {None}",
        "not user or [x for x in (user, pw) if x] == []",
    ],
)
def test_where_more_than_the_password_decides_the_check_stays_and_is_told(
    check: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = whole(check)
    after, found = fixed(tmp_path, before, capsys)
    assert [(each["level"], each["reason"]) for each in found] == [("report", "MORE_THAN_A_CHECK")]
    assert before.partition("if ")[2].partition("sf = ")[0] in after
    assert before.partition("assert ")[2].partition("sf = ")[0] in after


@pytest.mark.parametrize(
    "check",
    [
        "'SF_PASSWORD' not in os.environ or 'SF_USER' not in os.environ",
        "not os.environ.get('SF_PASSWORD') or not os.getenv('SF_USER', '').strip()",
        "not {'SF_USER', 'SF_PASSWORD'} <= set(os.environ)",
        "not {'SF_USER', 'SF_PASSWORD', 'SF_TOKEN'}.issubset(os.environ)",
        "{'SF_USER', 'SF_PASSWORD'} - os.environ.keys()",
        "any(name not in os.environ for name in ('SF_USER', 'SF_PASSWORD', 'SF_TOKEN'))",
        "not all(os.environ.get(name) for name in ['SF_PASSWORD', 'SF_USER'])",
        "not all(map(os.environ.get, ('SF_USER', 'SF_PASSWORD')))",
        "assert all(name in os.environ for name in ('SF_USER', 'SF_PASSWORD'))",
        "None in [os.environ.get(name) for name in ('SF_USER', 'SF_PASSWORD')]",
    ],
)
def test_so_does_a_check_of_the_environment(check: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = whole(check, INLINE)
    after, found = fixed(tmp_path, before, capsys)
    assert {each["level"] for each in found} == {"review"}
    assert "SF_PASSWORD" not in after
    assert_same_answers(before, after)


@pytest.mark.parametrize(
    "check",
    [
        "os.environ.get('SF_PASSWORD') is None and os.getenv('SF_SESSION') is None",
        "'SF_PASSWORD' in os.environ",
        "os.environ.pop('SF_PASSWORD', None) is None",
        "os.environ.setdefault('SF_PASSWORD', '') == ''",
        "os.getenv('SF_PASSWORD', os.getenv('SF_SESSION')) is None",
        "not {'SF_SESSION', 'SF_PASSWORD'} & set(os.environ)",
        "not any(name in os.environ for name in ('SF_SESSION', 'SF_PASSWORD'))",
        "any(name in os.environ for name in ('SF_SESSION', 'SF_PASSWORD'))",
        "len([n for n in ('SF_USER', 'SF_PASSWORD') if n in os.environ]) < 2",
        "all(os.getenv(name) for name in ('SF_USER', 'SF_PASSWORD'))",
        "{'SF_USER', 'SF_PASSWORD'} <= set(os.environ)",
        "all(name not in os.environ for name in ('SF_SESSION', 'SF_PASSWORD'))",
        "{'SF_SESSION', 'SF_PASSWORD'}.isdisjoint(os.environ)",
        "assert os.getenv('SF_PASSWORD') or os.getenv('SF_SESSION')",
    ],
)
def test_and_one_of_the_environment_that_asks_for_one_of_several_stays(
    check: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = whole(check, INLINE)
    after, found = fixed(tmp_path, before, capsys)
    assert {(each["level"], each["reason"]) for each in found} == {("report", "MORE_THAN_A_CHECK")}
    assert before.partition("Salesforce\n\n")[2].partition("sf = ")[0] in after


def test_a_check_stays_where_the_password_lets_something_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    switch = "sf = None\nif not pw and not token:\n    sys.exit(1)\nif pw:\n    print('nightly')\n"
    after, found = fixed(tmp_path, HEAD + READS + switch + LOGIN, capsys)
    assert switch in after
    assert [each["reason"] for each in found] == ["MORE_THAN_A_CHECK"]


def test_a_check_of_a_variable_stays_where_it_lets_something_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    switch = "if 'SF_PASSWORD' not in os.environ and 'SF_TOKEN' not in os.environ:\n    sys.exit(1)\n"
    switch += "if os.environ.get('SF_PASSWORD'):\n    print('nightly')\n"
    after, found = fixed(tmp_path, HEAD + switch + INLINE, capsys)
    assert switch in after
    assert [each["reason"] for each in found] == ["MORE_THAN_A_CHECK"]


ATOMS: Final = ["user", "pw", "token", "sid", "PROD", "user is None", "pw is None", "token == ''", "sid is not None"]
ATOMS_OF_LISTS: Final = ["all([{}])", "any([{}])", "all(each for each in [{}])", "any(each is None for each in [{}])"]


def conditions() -> st.SearchStrategy[str]:
    """Tests of every shape that these words make."""
    words = st.sampled_from(ATOMS)
    listed = st.lists(words, min_size=1, max_size=3).map(", ".join)
    lists = st.tuples(st.sampled_from(ATOMS_OF_LISTS), listed).map(lambda parts: parts[0].format(parts[1]))
    return st.recursive(
        words | lists,
        lambda inner: (
            inner.map(lambda each: f"not ({each})")
            | st.lists(inner, min_size=2, max_size=3).map(lambda parts: " or ".join(f"({each})" for each in parts))
            | st.lists(inner, min_size=2, max_size=3).map(lambda parts: " and ".join(f"({each})" for each in parts))
            | st.lists(words, min_size=2, max_size=3).map(" or ".join)
            | st.lists(words.map("not {}".format), min_size=2, max_size=3).map(" or ".join)
        ),
        max_leaves=6,
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(test=conditions(), is_assertion=st.booleans())
def test_no_condition_asks_for_more_or_less_than_it_did(test: str, is_assertion: bool) -> None:
    before = whole(f"assert {test}" if is_assertion else f"if {test}:\n    sys.exit(1)")
    path = PurePosixPath("app.py")
    tree = Tree(Options(), {path: before.encode()})
    findings = check.examine(tree, in_python.RULES)
    after = check.rewrite(tree, findings, unsafe=True, cleanup=cleanup).changed[path].decode()
    reports = [each for each in findings if each.code == "SFA503" and each.level is Level.REPORT]
    if any(word in after.partition("PROD = ")[2] for word in ("pw", "token")):
        assert reports, "the check still asks, and nobody is told"
        assert test in after
    else:
        assert_same_answers(before, after)
