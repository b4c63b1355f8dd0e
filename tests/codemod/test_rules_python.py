"""The rules for Python code against the labelled corpus: what they find, what they write, what they leave alone."""

from __future__ import annotations

import ast
import difflib
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

import checker
import corpus
import pytest
from inspection import PYTHON, Inspection

from orgkey_codemod import check
from orgkey_codemod.model import Level, Options, Style, Tree
from orgkey_codemod.python.editing.cleanup import cleanup
from orgkey_codemod.rules import in_python

if TYPE_CHECKING:
    from corpus import Case, Finding

CASES: Final = corpus.load()
EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
# The goals of the catalogue.
RECALL: Final = 0.98
PRECISION: Final = 0.97


@cache
def inspection(name: str) -> Inspection:
    return Inspection(next(case for case in CASES if case.name == name))


def labels(case: Case) -> list[Finding]:
    """The labels that rules for Python code answer for: not those of a file that Python cannot read."""
    unread = {entry.path for entry in case.unparsed if entry.cell is None}
    codes = {rule.code for rule in in_python.RULES}
    return [
        label
        for label in case.findings
        if label.path.endswith(PYTHON) and label.path not in unread and label.code in codes
    ]


def covering(case: Case, found: object) -> list[Finding]:
    return [
        label
        for label in case.findings
        if label.covers(found.code, str(found.path), found.place.line, found.place.cell)  # type: ignore[attr-defined] # a Finding of the model
    ]


# --- what is found ----------------------------------------------------------------------------------------------------


@EVERY
def test_levels_and_reasons_are_those_of_the_labels(case: Case) -> None:
    for found in inspection(case.name).findings:
        about = covering(case, found)
        for label in [each for each in about if each.code == found.code] or about:
            assert found.level == label.level, f"{found.code} at {found.path}:{found.place.line}"
            if label.reasons:
                assert found.reason in label.reasons, f"{found.code} at {found.path}:{found.place.line}"


def test_recall_and_precision_reach_the_goals() -> None:
    missed, false, demanded, reported = [], [], 0, 0
    for case in CASES:
        findings = inspection(case.name).findings
        reported += len(findings)
        met = {id(label) for found in findings for label in covering(case, found)}
        for label in labels(case):
            if not label.optional:
                demanded += 1
                missed += [f"{case.name}: {label.code} {label.path}:{label.line}"] if id(label) not in met else []
        for found in findings:
            edited = found.place.cell is None and found.place.line in case.edited_lines(str(found.path))
            if not covering(case, found) and not edited:
                false.append(f"{case.name}: {found.code} {found.path}:{found.place.line}")
    assert demanded > 500
    assert 1 - len(missed) / demanded >= RECALL, missed
    assert 1 - len(false) / reported >= PRECISION, false


@EVERY
def test_every_secret_in_code_is_told(case: Case) -> None:
    met = {id(label) for found in inspection(case.name).findings for label in covering(case, found)}
    assert [label for label in labels(case) if label.code == "SFA901" and id(label) not in met] == []


@EVERY
def test_traps_are_left_alone(case: Case) -> None:
    if case.trap is None:
        return
    assert [each for each in inspection(case.name).findings if not covering(case, each)] == []
    assert not inspection(case.name).fixed(unsafe=True).changed


@EVERY
def test_files_that_do_not_parse_are_named_with_their_place(case: Case) -> None:
    found = inspection(case.name)
    assert found.findings is not None
    failures = found.tree.failures
    named = {(str(each.path), each.place.line, each.place.cell) for each in failures if each.place is not None}
    assert named == {(each.path, each.line, each.cell) for each in case.unparsed}


# --- what is written --------------------------------------------------------------------------------------------------


@EVERY
def test_a_default_fix_writes_exactly_what_is_labelled(case: Case) -> None:
    rewrite = inspection(case.name).fixed()
    assert not rewrite.failures
    for name, before in inspection(case.name).tree.files.items():
        if name.suffix in PYTHON:
            wanted, got = case.after[str(name)], rewrite.changed.get(name, before)
            assert got == wanted, difference(wanted, got)


@EVERY
@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
def test_a_second_run_changes_nothing(case: Case, unsafe: bool) -> None:
    rewrite = inspection(case.name).fixed(unsafe=unsafe)
    assert not Inspection(case, rewrite.changed).fixed(unsafe=unsafe).changed


@EVERY
def test_an_independent_checker_finds_no_password_left(case: Case) -> None:
    """Every login that was fixed has lost its secrets, and kept all else."""
    found = inspection(case.name)
    for unsafe in (False, True):
        rewrite = found.fixed(unsafe=unsafe)
        kept = {each for each in found.findings if each not in rewrite.fixed}
        for path, after in rewrite.changed.items():
            lines_kept = {each.place.line for each in kept if each.path == path and each.code < "SFA5"}
            left = checker.passwords(str(path), after)
            suppressed = after.count(b"orgkey: ignore")
            assert len(left) <= (2 * len(lines_kept) + 2 * suppressed), (str(path), left)
            if not lines_kept:
                before = found.tree.files[path]
                assert checker.arguments(str(path), after) == kept_arguments(str(path), before, after)


def kept_arguments(path: str, before: bytes, after: bytes) -> list[list[str]]:
    """What the logins were given before, where the fix has only taken secrets away."""
    old, new = checker.arguments(path, before), checker.arguments(path, after)
    if len(old) != len(new):
        return new
    # positions that became names, and sandbox=, are the only additions
    return [
        sorted({*was, *(each for each in now if each not in was and written(before, each))} - {"sandbox=True"})
        for was, now in zip(old, new, strict=True)
    ]


def written(before: bytes, argument: str) -> bool:
    """Whether the value of an argument stands in the file already, by position."""
    value = argument.partition("=")[2]
    return value.strip("'\"").encode() in before or value == "'test'"


@EVERY
def test_nothing_touches_what_must_be_kept(case: Case) -> None:
    changed = inspection(case.name).fixed(unsafe=True).changed
    for path in changed:
        assert not any(path == PurePosixPath(keep) or PurePosixPath(keep) in path.parents for keep in case.keep)


@EVERY
def test_unsafe_rewrites_parse_and_break_no_file(case: Case) -> None:
    rewrite = inspection(case.name).fixed(unsafe=True)
    assert not rewrite.failures
    for path, after in rewrite.changed.items():
        if path.suffix == ".py":
            ast.parse(after)


def test_nothing_found_says_a_secret() -> None:
    for case in CASES:
        for found in inspection(case.name).findings:
            assert not any(secret in found.message for secret in case.secrets), case.name


def difference(wanted: bytes, got: bytes) -> str:
    rows = (text.decode("utf-8", "backslashreplace").splitlines() for text in (wanted, got))
    return "\n".join(difflib.unified_diff(*rows, "wanted", "got", lineterm="", n=1))


# --- the rules' own examples ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", in_python.RULES, ids=lambda rule: rule.code)
def test_examples_of_a_rule_are_true(rule: object) -> None:
    for example in rule.examples:  # type: ignore[attr-defined] # a Rule of the model
        path = PurePosixPath(example.path)
        tree = Tree(Options(), {path: example.before.encode()})
        findings = check.examine(tree, in_python.RULES)
        assert rule.code in {found.code for found in findings}  # type: ignore[attr-defined] # a Rule of the model
        after = check.rewrite(tree, findings, cleanup=cleanup).changed.get(path)
        assert after == (example.after.encode() if example.after is not None else None)


@pytest.mark.parametrize("rule", in_python.RULES, ids=lambda rule: rule.code)
def test_a_rule_explains_itself(rule: object) -> None:
    assert rule.title  # type: ignore[attr-defined] # a Rule of the model
    assert len(rule.explanation) > 40  # type: ignore[attr-defined] # a Rule of the model


# --- --style native ---------------------------------------------------------------------------------------------------


NATIVE: Final = b"""\
import os

from simple_salesforce import Salesforce

sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
    domain="test",
)
"""


def test_the_native_style_uses_the_librarys_own_arguments() -> None:
    path = PurePosixPath("app.py")
    tree = Tree(Options(style=Style.NATIVE), {path: NATIVE})
    findings = check.examine(tree, in_python.RULES)
    assert [found.level for found in findings] == [Level.SAFE]
    assert check.rewrite(tree, findings, cleanup=cleanup).changed[path].decode() == (
        "import os\n\nfrom simple_salesforce import Salesforce\n\nsf = Salesforce(\n"
        '    username=os.environ["SF_USERNAME"],\n'
        '    consumer_key=os.environ["SALESFORCE_CLIENT_ID"],\n'
        '    privatekey_file=os.environ["SALESFORCE_PRIVATE_KEY_FILE"],\n'
        '    domain="test",\n)\n'
    )
