"""The corpus holds what it promises: labels that fit, trees that parse and run, every rule, no real secret."""

from __future__ import annotations

import ast
import collections
import io
import json
import math
import os
import re
import runpy
import sys
import tokenize
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import corpus
import login_stubs
import make_corpus
import pytest
from corpus import Unparsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus import Case, Finding, Run

CASES: Final = corpus.load()
EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
FIXED = pytest.mark.parametrize("case", [case for case in CASES if case.fixed], ids=lambda case: case.name)
RUNNABLE = pytest.mark.parametrize("case", [case for case in CASES if case.run], ids=lambda case: case.name)


# --- what there is ----------------------------------------------------------------------------------------------------


def test_there_are_at_least_250_cases() -> None:
    assert len(CASES) >= 250


@pytest.mark.parametrize("code", sorted(corpus.RULES))
def test_every_rule_of_the_catalogue_has_three_cases(code: str) -> None:
    assert sum(any(finding.code == code for finding in case.findings) for case in CASES) >= 3


@pytest.mark.parametrize("reason", sorted(corpus.REASONS))
def test_every_reason_code_is_asked_for(reason: str) -> None:
    assert any(reason in finding.reasons for case in CASES for finding in case.findings)


def test_there_are_traps_of_every_kind() -> None:
    assert {case.trap for case in CASES} == {None, *corpus.TRAPS}


def test_every_question_is_answered_in_the_readme() -> None:
    readme = Path(__file__).with_name("README.md").read_text(encoding="utf-8").partition("## Open questions")[2]
    answered = set(re.findall(r"^\| `([a-z-]+)` \|", readme, re.MULTILINE))
    assert answered == {case.question for case in CASES if case.question}


def test_generated_families_are_what_the_generator_writes(tmp_path: Path) -> None:
    for draft in make_corpus.drafts():
        make_corpus.write(draft, tmp_path)
    written, committed = (
        {path.relative_to(root): path.read_bytes() for path in root.glob("*_matrix/**/*") if path.is_file()}
        for root in (tmp_path, corpus.CORPUS)
    )
    assert written == committed


# --- before/ and after/ -----------------------------------------------------------------------------------------------


@EVERY
def test_before_parses_or_is_labelled(case: Case) -> None:
    found = {entry for path, text in case.before.items() if (entry := first_error(path, text))}
    assert found == set(case.unparsed)


@FIXED
def test_after_parses(case: Case) -> None:
    errors = {entry for path, text in case.changed.items() if (entry := first_error(path, text))}
    assert errors <= set(case.unparsed)


@FIXED
def test_after_changes_only_labelled_lines_and_imports(case: Case) -> None:
    for path, text in case.changed.items():
        if path.endswith(".ipynb"):
            assert around_the_sources(text) == around_the_sources(case.before[path])
            continue
        spans = [range(found.line, found.end_line + 1) for found in case.findings if safe_in(found, path)]
        allowed = {line for span in spans for line in span} | import_lines(path, case.before[path])
        inserted = {line + 1 for line in allowed}
        assert case.edited_lines(path) <= allowed | inserted


@FIXED
def test_after_keeps_comments_newlines_and_encoding(case: Case) -> None:
    for path, text in case.changed.items():
        before = case.before[path]
        assert newlines(text) <= newlines(before)
        assert text.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
        assert text.endswith(b"\n") == before.endswith(b"\n")
        if path.endswith(".py"):
            assert comments(text) == comments(before)
        here, there = (case.folder / tree / path for tree in ("before", "after"))
        assert here.stat().st_mode == there.stat().st_mode


@FIXED
def test_after_imports_nothing_that_nobody_uses(case: Case) -> None:
    for path, text in case.changed.items():
        if path.endswith(".py"):
            others = b"\n".join(other for name, other in case.before.items() if name != path)
            unused = {name for name in unused_imports(text) if not re.search(rb"\b%b\b" % name.encode(), others)}
            assert unused <= unused_imports(case.before[path])


@RUNNABLE
def test_after_logs_in_with_the_same_arguments_but_no_password(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert case.run is not None
    old = logins(case, case.run, tmp_path / "old", monkeypatch, after=False)
    new = logins(case, case.run, tmp_path / "new", monkeypatch, after=True)
    capsys.readouterr()
    assert old
    me = case.run.acts_as
    assert [login.without_secrets(me) for login in old] == [login.without_secrets(me) for login in new]
    assert not any(login.secrets() for login in new if login.library.startswith("orgkey_"))
    assert any(login.library.startswith("orgkey_") for login in new) or not case.fixed
    usernames = {login.arguments["username"] for login in new if "username" in login.arguments}
    assert usernames <= {me}


@FIXED
def test_after_lets_every_module_be_imported_that_could_be(case: Case, tmp_path: Path) -> None:
    """What a fix takes away in one file, another may import."""
    old, new = (imported(case, tmp_path / name, after=after) for name, after in (("old", False), ("new", True)))
    assert old <= new


# --- secrets ----------------------------------------------------------------------------------------------------------

# Shapes of real credentials: Salesforce, clouds, code hosts, tokens in general.
REAL: Final = re.compile(
    rb"3MVG[0-9A-Za-z._]{20}|\b00D[0-9A-Za-z]{12,15}![0-9A-Za-z._]{20}|AKIA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{30}"
    rb"|xox[abps]-[0-9]|eyJ[0-9A-Za-z_-]{10,}\.eyJ|sk-[0-9A-Za-z]{20}"
    rb"|-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[0-9A-Za-z+/]{40}"
)
WORD: Final = re.compile(rb"[0-9A-Za-z+/]{20,}")
HOST: Final = re.compile(rb"[@/]([a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev))\b")
REAL_HOSTS: Final = re.compile(
    rb"(?:.*\.)?(?:salesforce|force|example|snowflakecomputing|zendesk|auth0|github|pypi|readthedocs|python|amazonaws|xmlsoap)"
    rb"\.(?:com|org|io)|.*\.readthedocs\.io"
)


@EVERY
def test_nothing_looks_like_a_real_secret_or_a_real_host(case: Case) -> None:
    for path, text in {**case.before, **case.changed}.items():
        assert not REAL.search(text), path
        assert [word for word in WORD.findall(text) if entropy(word) > 4.2] == [], path
        assert [host for host in HOST.findall(text) if not REAL_HOSTS.fullmatch(host)] == [], path


@EVERY
def test_reported_secrets_are_declared(case: Case) -> None:
    for finding in case.findings:
        if finding.code == "SFA901":
            assert any(secret in case.span(finding) for secret in case.secrets), f"{finding.path}:{finding.line}"


@FIXED
def test_after_has_no_more_secrets_than_before(case: Case) -> None:
    for secret in case.secrets:
        for path, text in case.changed.items():
            assert text.count(secret.encode()) <= case.before[path].count(secret.encode())


# --- the loader can fail ----------------------------------------------------------------------------------------------

GOOD: Final = {
    "app.py": "from simple_salesforce import Salesforce\n\nsf = Salesforce(username=u, password=p)  <<SFA101 safe>>\n"
}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("line = 3", "line = 9"), "not within 1 to 3"),
        (('code = "SFA101"', 'code = "SFA199"'), "no rule of the catalogue"),
        (('level = "safe"', 'level = "sure"'), "level sure is not one of"),
        (('path = "app.py"', 'path = "web.py"'), "no such file"),
        (('text = "sf', 'text = "fs'), "does not have the labelled text"),
        (("fixed = true", "fixed = false"), "fixed is False"),
        (("fixed = true", 'fixed = true\ntrap = "session-id"'), "is a trap"),
        (("fixed = true", 'fixed = true\nsecrets = ["Fern-12"]'), "not in before/"),
        (("fixed = true", 'fixed = true\nkeep = ["app.py"]'), "both kept and changed"),
        (("fixed = true", "fixed = true\nsize = 3"), "unknown keys: size"),
        (('level = "safe"', 'level = "safe"\nreason = "DUAL_PATH"'), "is safe, so there is no reason"),
        (('level = "safe"', 'level = "review"\nreason = "TIRED"'), "reason TIRED is not in the catalogue"),
    ],
)
def test_labels_that_contradict_the_files_are_refused(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    after = {"app.py": "from orgkey_simple_salesforce import Salesforce\n\nsf = Salesforce(username=u)\n"}
    make_corpus.write(make_corpus.Draft("a/case", "One call", GOOD, after), tmp_path)
    assert corpus.read_case(tmp_path / "a/case", tmp_path).findings
    labels = tmp_path / "a/case/case.toml"
    labels.write_text(labels.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(corpus.LabelError, match=re.escape(complaint)):
        corpus.read_case(tmp_path / "a/case", tmp_path)


def test_a_finding_is_matched_by_family_and_place() -> None:
    (finding,) = corpus.read_case(corpus.CORPUS / "formatting" / "crlf").findings
    assert finding.covers("SFA109", finding.path, finding.end_line)
    assert not finding.covers("SFA109", finding.path, finding.end_line + 1)
    assert not finding.covers("SFA501", finding.path, finding.line)
    assert not finding.covers("SFA101", finding.path, finding.line, cell=1)


# --- helpers ----------------------------------------------------------------------------------------------------------


def first_error(path: str, text: bytes) -> Unparsed | None:
    """The place at which a file of this name cannot be read by Python 3, TOML or JSON; None where it can."""
    if path.endswith(".ipynb"):
        cells = (cell for cell in enumerate(json.loads(text)["cells"], start=1) if cell[1]["cell_type"] == "code")
        errors = ((number, syntax_error(without_magics("".join(cell["source"])))) for number, cell in cells)
        return next((Unparsed(path, line, number) for number, line in errors if line), None)
    if path.endswith(".py"):
        line = syntax_error(text)
        return Unparsed(path, line) if line else None
    if path.endswith(".toml"):
        tomllib.loads(text.decode())
    elif path.endswith(".json"):
        json.loads(text)
    return None


def syntax_error(source: str | bytes) -> int | None:
    try:
        ast.parse(source)
    except SyntaxError as error:
        return error.lineno or 1
    return None


def without_magics(source: str) -> str:
    if source.startswith("%%"):
        return ""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n"))


def safe_in(finding: Finding, path: str) -> bool:
    return finding.level == "safe" and finding.path == path


def import_lines(path: str, text: bytes) -> set[int]:
    if not path.endswith(".py"):
        return set()
    statements = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom))
    lines = {line for node in statements for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    uses = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute))
    return lines | {node.lineno for node in uses if ast.unparse(node.value) == "simple_salesforce"}


def around_the_sources(notebook: bytes) -> Any:
    content = json.loads(notebook)
    for cell in content["cells"]:
        cell["source"] = None
    return content


def newlines(text: bytes) -> set[bytes]:
    return set(re.findall(rb"\r\n|\r|\n", text))


def comments(text: bytes) -> collections.Counter[str]:
    tokens = tokenize.tokenize(io.BytesIO(text).readline)
    return collections.Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def unused_imports(text: bytes) -> set[str]:
    tree = ast.parse(text)
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return imported - used - {"*", "annotations"}


def entropy(word: bytes) -> float:
    counts = collections.Counter(word)
    return -sum(count / len(word) * math.log2(count / len(word)) for count in counts.values())


def logins(
    case: Case, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> list[login_stubs.Login]:
    """Every login that the program asks for, of stand-ins that send nothing."""
    case.lay_out(folder, after=after)
    passwords = dict.fromkeys((*run.leftover, *(() if after else run.gone)), "unused")
    with monkeypatch.context() as patch, fresh_modules(folder), login_stubs.installed() as seen:
        patch.setattr(sys, "argv", [run.entry, *run.args])
        patch.setattr(sys, "path", [str((folder / run.entry).parent), *sys.path])
        patch.setattr(sys, "dont_write_bytecode", True)
        patch.chdir(folder)
        with mock.patch.dict(os.environ, {**run.env, **passwords}, clear=True):
            ended = exit_code(folder / run.entry)
    assert not ended, ended
    return seen


def imported(case: Case, folder: Path, *, after: bool) -> set[str]:
    """The modules of a case that miss no name of the others, though they may end at what is not here: a server, a file."""
    case.lay_out(folder, after=after)
    words = {word.decode() for text in case.before.values() for word in re.findall(rb"\b[A-Z][A-Z0-9_]{3,}\b", text)}
    found: set[str] = set()
    with mock.patch.dict(os.environ, dict.fromkeys(words, "unused"), clear=True), login_stubs.installed():
        for path in (name for name in case.before if name.endswith(".py")):
            places = [str((folder / path).parent), str(folder)]
            with fresh_modules(folder), mock.patch.object(sys, "path", [*places, *sys.path]):
                if not misses_a_name(folder / path):
                    found.add(path)
    return found


def misses_a_name(script: Path) -> bool:
    try:
        runpy.run_path(str(script), run_name=script.stem)
    except (ImportError, NameError, AttributeError, TypeError, SyntaxError):
        return True
    except (Exception, SystemExit):  # noqa: BLE001 - whatever it is, no name is missing
        return False
    return False


def exit_code(script: Path) -> object:
    try:
        runpy.run_path(str(script), run_name="__main__")
    except SystemExit as end:
        return end.code
    return None


@contextmanager
def fresh_modules(folder: Path) -> Iterator[None]:
    """Forget afterwards what was imported from the case's own tree."""
    known = set(sys.modules)
    yield
    for name in set(sys.modules) - known:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "") or getattr(sys.modules[name], "__path__", "")):
            del sys.modules[name]
