"""The command as people and programs meet it: what it prints, writes and returns, over the labelled corpus and beyond."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import corpus
import pytest
from redirected import CLOSED, FULL, redirected, unix_only

from orgkey_codemod import cli, write
from orgkey_codemod.model import Finding, Level, Place, Rule
from orgkey_codemod.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from corpus import Case

CASES: Final = corpus.load()
EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
# The goals of the catalogue.
RECALL: Final = 0.98
PRECISION: Final = 0.97

Run = Callable[..., tuple[int, str, str]]
"""Runs a command line: exit code, what is printed, and errors."""

LOGIN: Final = (
    b"import os\n\nfrom simple_salesforce import Salesforce\n\n"
    b'sf = Salesforce(username=os.environ["SF_USER"], password=os.environ["SF_PASS"])\n'
)
FIXED: Final = LOGIN.replace(b"from simple", b"from orgkey_simple").replace(b', password=os.environ["SF_PASS"]', b"")


def git(folder: Path, *words: str) -> str:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(folder), "-c", "core.autocrlf=false", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def commit(folder: Path) -> None:
    git(folder, "init", "-q")
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", "before")


def contents(folder: Path) -> Mapping[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def login(tmp_path: Path) -> Path:
    """A folder with one login that a default fix rewrites."""
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "app.py").write_bytes(LOGIN)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object, **more: Any) -> tuple[int, str, str]:
        code = cli.main([str(word) for word in words], **more)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


# --- the corpus -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All cases in one repository; what git must not know of a case is not in it."""
    folder = tmp_path_factory.mktemp("corpus") / "given"
    for case in CASES:
        case.lay_out(folder / case.name)
        for path in case.untracked:
            (folder / case.name / path).rename(folder / case.name / f"{path}.aside")
    git(folder, "init", "-q")
    asides = [f"{case.name}/{path}.aside" for case in CASES for path in case.untracked]
    (folder / ".git" / "info" / "exclude").write_text("".join(f"/{path}\n" for path in asides))
    git(folder, "add", "-A")
    git(folder, "add", "-f", *[name for name in names_of(folder) if name not in asides])
    git(folder, "commit", "-q", "-m", "before")
    for path in asides:
        (folder / path).rename(folder / path.removesuffix(".aside"))
    return folder


def names_of(folder: Path) -> list[str]:
    return [name for name in contents(folder) if not name.startswith(".git/")]


@dataclass
class Tally:
    """What was seen of the labels so far."""

    demanded: int = 0
    reported: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def tally() -> Tally:
    return Tally()


@EVERY
def test_a_case_of_the_corpus(case: Case, trees: Path, tally: Tally, run: Run) -> None:
    folder = trees / case.name
    before = contents(folder)
    options = [*case.options, "--format", "json"]

    code, told, _ = run("fix", folder, *options, "--unsafe", "--diff")
    assert contents(folder) == before
    judge(case, json.loads(told), tally)
    printed = told

    code, told, errors = run("fix", folder, *options)
    assert not errors
    report = json.loads(told)
    printed += told
    after = contents(folder)
    assert {name: text for name, text in after.items() if text != case.after[name]} == {}
    assert code == (3 if report["failures"] else 1 if any(not each["fixed"] for each in report["findings"]) else 0)
    assert bool(report["failures"]) == bool(case.unparsed)

    shown = run("fix", folder, *case.options, "--allow-dirty")[1]
    assert contents(folder) == after, "a second run changed something"
    printed += shown + run("check", folder, *case.options, "--format", "sarif")[1]
    assert not [secret for secret in case.secrets if secret in printed]


def judge(case: Case, report: Mapping[str, Any], tally: Tally) -> None:
    """Hold the findings against the labels; in a trap each false one is an error at once."""
    met = set()
    for found in report["findings"]:
        place = found["code"], found["path"], found["line"], found["cell"]
        labels = [label for label in case.findings if label.covers(*place)]
        met |= {id(label) for label in labels}
        tally.reported += 1
        edited = found["cell"] is None and found["line"] in case.edited_lines(found["path"])
        if not labels and not edited:
            tally.false.append(f"{case.name}: {found['code']} {found['path']}:{found['line']}")
        assert labels or case.trap is None
    if case.trap is not None:
        assert "diff" not in report
    demanded = [label for label in case.findings if not label.optional]
    tally.demanded += len(demanded)
    tally.missed += [f"{case.name}: {one.code} {one.path}:{one.line}" for one in demanded if id(one) not in met]


def test_recall_and_precision_of_the_whole_corpus_reach_the_goals(tally: Tally) -> None:
    if tally.demanded < 600:
        pytest.skip("only with all cases in front of it")
    assert 1 - len(tally.missed) / tally.demanded >= RECALL, tally.missed
    assert 1 - len(tally.false) / tally.reported >= PRECISION, tally.false


# --- exit codes and usage ---------------------------------------------------------------------------------------------


def test_a_clean_tree_is_clean(tmp_path: Path, run: Run) -> None:
    (tmp_path / "app.py").write_text("print(1)\n")
    code, told, _ = run("check", tmp_path)
    assert code == 0
    assert told == "1 scanned, 0 matched, 0 fixed, 0 to review, 0 unfixable, 0 failed\n"


def test_a_check_writes_nothing_and_fails(login: Path, run: Run) -> None:
    code, told, _ = run("check", login)
    assert code == 1
    assert told.splitlines()[0].startswith("app.py:5:6: SFA101 safe: ")
    assert contents(login) == {"app.py": LOGIN}


def test_a_difference_fails_and_writes_nothing(login: Path, run: Run) -> None:
    code, told, _ = run("fix", "--diff", login)
    assert code == 1
    assert "+from orgkey_simple_salesforce import Salesforce" in told.splitlines()
    assert contents(login) == {"app.py": LOGIN}


def test_a_fix_says_what_remains_to_be_done(login: Path, run: Run) -> None:
    code, told, _ = run("fix", login)
    assert code == 0
    assert contents(login) == {"app.py": FIXED}
    lines = told.splitlines()
    assert [line.partition(":")[0] for line in lines[-3:-1]] == ["undo", "rotate"]
    assert lines[-1] == (
        "1 scanned, 1 matched, 1 fixed, 0 to review, 0 unfixable, 0 failed; "
        "install: python -m pip install orgkey-simple-salesforce"
    )


def test_no_install_is_advised_where_a_manifest_has_it(login: Path, run: Run) -> None:
    (login / "requirements.txt").write_text("simple-salesforce\n")
    assert run("fix", login)[1].splitlines()[-1].endswith(" 0 failed")
    assert contents(login)["requirements.txt"] == b"simple-salesforce\norgkey-simple-salesforce\n"


TOOL: Final = LOGIN.replace(b"simple_salesforce", b"langchain_salesforce").replace(b"Salesforce", b"SalesforceTool")


@pytest.mark.parametrize(
    ("manifests", "install"),
    [
        ({"requirements.txt": "simple-salesforce\n"}, "orgkey-langchain"),
        ({"requirements.txt": "simple-salesforce\nlangchain-salesforce\n"}, ""),
        ({"requirements.txt": "simple-salesforce\norgkey-langchain\n"}, ""),
        ({"agent/requirements.txt": "langchain-salesforce\n"}, "orgkey-simple-salesforce"),
        ({}, "orgkey-langchain orgkey-simple-salesforce"),
    ],
)
def test_what_no_manifest_got_is_told(manifests: Mapping[str, str], install: str, login: Path, run: Run) -> None:
    (login / "agent").mkdir()
    (login / "agent" / "tool.py").write_bytes(TOOL)
    for name, text in manifests.items():
        (login / name).write_text(text)
    last = run("fix", login)[1].splitlines()[-1]
    after = contents(login)
    assert b"orgkey_langchain" in after["agent/tool.py"]
    assert b"orgkey_simple_salesforce" in after["app.py"]
    assert last.partition("; install: python -m pip install ")[2] == install


def test_what_a_reviewed_fix_needs_is_told_once_it_is_made(login: Path, run: Run) -> None:
    (login / "app.py").write_bytes(LOGIN.replace(b'os.environ["SF_PASS"]', b'"Tr0ub4dor-and-3"'))
    assert "install" not in run("fix", login)[1]
    told = run("fix", "--unsafe", login)[1]
    assert told.splitlines()[-1].endswith("; install: python -m pip install orgkey-simple-salesforce")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "nowhere"], "there is no nowhere"),
        (["check", "--select", "SFA1,SFA999"], "there is no rule SFA999"),
        (["check", "--flow", "password"], "invalid choice"),
        (["check", "--jobs", "0"], "argument --jobs: has to be 1 or more"),
        (["check", "--jobs", "x"], "argument --jobs: has to be 1 or more, and not 'x'"),
        (["--explain", "SFA999"], "there is no rule SFA999"),
        (["check", "--config", "nowhere.toml"], "cannot be read"),
        ([], "usage"),
        (["mend"], "invalid choice"),
    ],
)
def test_wrong_usage_is_named(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    code, told, errors = run(*words)
    assert code == 2
    assert said in errors
    assert not told


def test_a_missing_argument_stops_the_run_before_anything_is_written(login: Path, run: Run) -> None:
    assert run("fix", login, login / "nowhere")[0] == 2
    assert contents(login) == {"app.py": LOGIN}


def test_a_file_that_fails_is_never_exit_0_and_stops_no_other(login: Path, run: Run) -> None:
    (login / "old.py").write_text("from simple_salesforce import Salesforce\nprint 'Python 2'\n")
    code, told, _ = run("fix", login)
    assert code == 3
    assert "old.py:2:" in told
    assert told.splitlines()[-1].startswith("2 scanned, 2 matched, 1 fixed, 0 to review, 0 unfixable, 1 failed")
    assert contents(login)["app.py"] == FIXED


def test_several_arguments_are_counted_together(login: Path, tmp_path: Path, run: Run) -> None:
    other = tmp_path / "given" / "other"
    shutil.copytree(login, other)
    report = json.loads(run("check", other, login / "app.py", "--format", "json")[1])
    assert [each["path"] for each in report["findings"]] == ["app.py", "app.py"]
    assert report["summary"]["scanned"] == 2
    assert report["summary"]["review"] == 2


# --- git --------------------------------------------------------------------------------------------------------------


def test_a_dirty_tree_is_not_written(login: Path, run: Run) -> None:
    (login / "notes.txt").write_text("one")
    commit(login)
    (login / "notes.txt").write_text("two")
    code, told, errors = run("fix", login)
    assert (code, told) == (2, "")
    assert "--allow-dirty" in errors
    assert contents(login)["app.py"] == LOGIN
    assert run("fix", "--diff", login)[0] == 1
    assert run("fix", "--allow-dirty", login)[0] == 0
    assert contents(login)["app.py"] == FIXED


def test_a_file_that_git_cannot_bring_back_is_not_written(login: Path, run: Run) -> None:
    (login / "notes.txt").write_text("one")
    git(login, "init", "-q")
    git(login, "add", "notes.txt")
    git(login, "commit", "-q", "-m", "before")
    code, _, errors = run("fix", login)
    assert code == 2
    assert "git does not know app.py" in errors
    assert contents(login)["app.py"] == LOGIN


def test_the_undo_that_is_printed_undoes(login: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    commit(login)
    monkeypatch.chdir(login.parent)
    _, told, _ = run("fix", login.name)
    assert contents(login)["app.py"] == FIXED
    undo = next(line.removeprefix("undo: ") for line in told.splitlines() if line.startswith("undo: "))
    subprocess.run(undo.split(), check=True)
    assert contents(login)["app.py"] == LOGIN


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_finding_is_fixed_in_all_its_files_or_in_none(login: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """One file cannot be written: what belongs together with it stays, and nothing that stays is counted as fixed."""
    (login / "config.py").write_text('import os\n\nSF_PASS = os.environ["SF_PASS"]\n')
    (login / "app.py").write_text(
        "from config import SF_PASS\nfrom simple_salesforce import Salesforce\n\n"
        'sf = Salesforce(username="ann@acme.example", password=SF_PASS)\n'
    )
    before = contents(login)
    monkeypatch.setattr(write, "_problem", lambda target, _: "is locked" if target.name == "app.py" else None)
    code, told, _ = run("fix", "--unsafe", login, "--format", "json")
    report = json.loads(told)
    assert code == 3
    assert contents(login) == before
    assert report["summary"]["fixed"] == 0
    assert {(each["path"], each["message"]) for each in report["failures"]} == {("app.py", "is locked")}


def test_a_file_whose_write_fails_late_is_not_counted_as_fixed(
    login: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "_replace", full)
    code, told, _ = run("fix", login, "--format", "json")
    report = json.loads(told)
    assert code == 3
    assert [each["fixed"] for each in report["findings"]] == [False]
    assert report["failures"][0]["message"] == "cannot be written: No space left on device"


# --- formats ----------------------------------------------------------------------------------------------------------


def test_json_has_the_documented_keys(login: Path, run: Run) -> None:
    report = json.loads(run("check", login, "--format", "json")[1])
    assert report["findings"] == [
        {
            "code": "SFA101",
            "level": "safe",
            "path": "app.py",
            "line": 5,
            "column": 6,
            "end_line": 5,
            "end_column": 80,
            "cell": None,
            "message": report["findings"][0]["message"],
            "reason": None,
            "fixed": False,
        }
    ]
    assert report["summary"] == {"scanned": 1, "matched": 1, "fixed": 0, "review": 1, "unfixable": 0, "failed": 0}


@EVERY
def test_what_no_edit_fixes_has_a_reason_of_the_catalogue(case: Case, trees: Path, run: Run) -> None:
    report = json.loads(run("check", trees / case.name, "--format", "json")[1])
    unfixable = [each for each in report["findings"] if each["level"] == "report"]
    assert {each["reason"] for each in unfixable} <= corpus.REASONS, [each for each in unfixable if not each["reason"]]


def test_github_and_sarif_count_paths_from_where_the_command_runs(
    login: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    (login / "a,b%.py").write_bytes(LOGIN)
    monkeypatch.chdir(login.parent)
    lines = run("check", login.name, "--format", "github")[1].splitlines()
    assert lines[0].startswith(f"::warning file={login.name}/a%2Cb%25.py,line=5,endLine=5,col=6,title=SFA101::")
    sarif = json.loads(run("check", login.name, "--format", "sarif")[1])
    assert sarif["version"] == "2.1.0"
    uris = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in sarif["runs"][0]["results"]]
    assert uris == [f"{login.name}/a%2Cb%25.py", f"{login.name}/app.py"]
    assert {each["id"] for each in sarif["runs"][0]["tool"]["driver"]["rules"]} == {"SFA101"}


SECRETS: Final = {
    "app.py": (
        "from simple_salesforce import Salesforce\n\n"
        'sf = Salesforce("ann@acme.example", "{secret}", security_token=\'{secret}2\')\n'
    ),
    "old.py": "from simple_salesforce import Salesforce\nSF_PASSWORD = '{secret}'\nprint SF_PASSWORD\n",
    "use.py": 'import os\nfrom simple_salesforce import Salesforce\nSalesforce(username="a", password=os.environ["SF_PASS"])\n',
    ".env": "SF_PASS={secret}\n",
    ".env.example": "SF_PASS={secret}\nOTHER=1\n",
    "compose.yaml": "services:\n  app:\n    environment:\n      SF_PASS: {secret}\n      - SF_PASS={secret}\n",
    ".mcp.json": (
        '{{"mcpServers": {{"crm": {{"command": "uvx", "args": ["mcp-salesforce-connector"],\n'
        '  "env": {{"SALESFORCE_USERNAME": "ann", "SALESFORCE_PASSWORD": "{secret}"}}}}}}}}\n'
    ),
}


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_no_secret_is_in_any_output(form: str, tmp_path: Path, run: Run) -> None:
    secret = "Xq7!vulture-Plum9"
    folder = tmp_path / "given"
    folder.mkdir()
    for name, text in SECRETS.items():
        (folder / name).write_text(text.format(secret=secret))
    commit(folder)
    for words in (["check"], ["fix", "--diff", "--unsafe"], ["fix", "--unsafe"]):
        code, told, errors = run(*words, folder, "--docs", "--tests", "--format", form)
        assert code == 3
        assert secret not in told + errors
    assert secret not in (folder / ".env.example").read_text()


@pytest.mark.parametrize(
    ("name", "neighbour"),
    [
        (".env.example", "DB_PASSWORD={secret}"),
        (".env.example", "export DB_TOKEN='{secret} 2'"),
        ("use.py", 'database_password = "{secret}"'),
        ("use.py", "DATABASES = {{'password': '{secret}'}}"),
        ("use.py", 'if PW == "{secret}": PW = None'),
        ("use.py", "def enter(user, pw='{secret}'): ..."),
        ("use.py", 'ask("--password", default="{secret}", help="yours")'),
    ],
)
def test_a_difference_hides_the_secrets_of_neighbours(name: str, neighbour: str, login: Path, run: Run) -> None:
    """What stands beside a changed line is printed too, and nobody knows it for a secret of Salesforce."""
    secret = "Xq7!vulture-Plum9"
    line = neighbour.format(secret=secret).encode()
    (login / "use.py").write_bytes(LOGIN + line * (name == "use.py") + b"\n")
    (login / ".env.example").write_bytes(b"SF_PASS=\n" + line * (name != "use.py") + b"\n")
    told = run("fix", "--diff", login)[1]
    assert f"+++ b/{name}" in told
    assert "***" in told
    assert secret not in told


def test_references_are_no_secrets(login: Path, run: Run) -> None:
    (login / "compose.yaml").write_text("environment:\n  - SF_PASS=${{SF_PASS}}\n  - DB_PASSWORD=${DB_PASSWORD}\n")
    assert " - DB_PASSWORD=${DB_PASSWORD}".strip() in run("fix", "--diff", "--unsafe", login)[1]


# --- settings ---------------------------------------------------------------------------------------------------------


def test_the_nearest_settings_of_the_repository_count(login: Path, run: Run) -> None:
    inner = login / "inner"
    inner.mkdir()
    (login / "app.py").rename(inner / "app.py")
    (login / "pyproject.toml").write_text('[tool.orgkey-migrate]\nignore = ["SFA101"]\n')
    commit(login)
    assert run("check", inner)[0] == 0


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("colour = 1", "colour is no setting"),
        ('flow = "soap"', "soap"),
        ("docs = 3", "docs has to be true or false"),
        ("flow = 'jwtt'", 'flow = "jwtt" is none of its choices; write "jwt" or "client-credentials"'),
        ("style = 'own'", 'style = "own" is none of its choices; write "orgkey" or "native"'),
        ("[", "cannot be read"),
    ],
)
def test_wrong_settings_are_named(table: str, said: str, login: Path, run: Run) -> None:
    (login / "pyproject.toml").write_text(f"[tool.orgkey-migrate]\n{table}\n")
    code, _, errors = run("check", login)
    assert code == 2
    assert said in errors


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        ([], ["app.py", "legacy/app.py"]),
        (["--exclude", "legacy"], ["app.py"]),
        (["--exclude", "*.py"], []),
        (["--include", "legacy/*"], ["legacy/app.py"]),
        (["--select", "SFA5"], []),
        (["--ignore", "SFA101"], []),
    ],
)
def test_files_and_rules_can_be_chosen(words: list[str], paths: list[str], login: Path, run: Run) -> None:
    (login / "legacy").mkdir()
    (login / "legacy" / "app.py").write_bytes(LOGIN)
    report = json.loads(run("check", login, "--format", "json", *words)[1])
    assert sorted(each["path"] for each in report["findings"]) == paths


# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_explains_itself(rule: Rule, run: Run) -> None:
    code, told, _ = run("--explain", rule.code.lower())
    assert code == 0
    assert told.startswith(f"{rule.code}: ")
    assert rule.explanation in told


@pytest.mark.parametrize("code", sorted({rule.code for rule in RULES}))
def test_a_rule_is_explained_once(code: str, run: Run) -> None:
    assert run("--explain", code)[1].count(f"{code}: ") == 1


@pytest.mark.parametrize(
    "rule",
    [rule for rule in RULES if "With --unsafe" in rule.explanation and any(not each.after for each in rule.examples)],
    ids=lambda rule: rule.code,
)
def test_what_a_rule_rewrites_for_review_its_example_shows(rule: Rule, run: Run) -> None:
    told = run("--explain", rule.code)[1]
    assert "after, with --unsafe:" in told
    assert "after: that is left to you" not in told


def test_a_pack_of_rules_is_run_too(login: Path, run: Run) -> None:
    def examine(tree: Any) -> list[Finding]:
        return [Finding("ACME1", Level.REPORT, path, Place(1), "acme") for path in tree.files]

    pack = [Rule("ACME1", "acme", "what acme wants", examine)]
    report = json.loads(run("check", login, "--select", "ACME", "--format", "json", packs=pack)[1])
    assert [each["code"] for each in report["findings"]] == ["ACME1"]


def test_a_rule_that_fails_over_one_file_leaves_the_others(login: Path, run: Run) -> None:
    (login / "odd.py").write_text("import simple_salesforce\n")

    def examine(tree: Any) -> list[Finding]:
        def look(path: PurePosixPath) -> None:
            if path.name == "odd.py":
                raise RecursionError

        for path in tree.files:
            look(path)
        return []

    code, told, _ = run("check", login, "--format", "json", packs=[Rule("ACME1", "acme", "acme", examine)])
    report = json.loads(told)
    assert code == 3
    assert [each["path"] for each in report["failures"]] == ["odd.py"]
    assert [each["code"] for each in report["findings"]] == ["SFA101"]


# --- where the report goes --------------------------------------------------------------------------------------------

CODEMOD = [sys.executable, "-c", "import sys; from orgkey_codemod.cli import main; sys.exit(main())"]


@unix_only
@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("how", CLOSED)
@pytest.mark.parametrize(("words", "code"), [("check .", 1), ("check . --format json", 1), ("--explain SFA101", 0)])
def test_a_stream_that_is_closed_changes_no_exit_code(
    words: str, code: int, how: str, login: Path, monkeypatch: pytest.MonkeyPatch, *, unbuffered: bool
) -> None:
    monkeypatch.chdir(login)
    done = redirected([*CODEMOD, *words.split()], how, unbuffered=unbuffered)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


@unix_only
@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("how", FULL)
@pytest.mark.parametrize("words", ["check .", "check . --format json", "--explain SFA101"])
def test_a_report_that_cannot_be_written_is_told(
    words: str, how: str, login: Path, monkeypatch: pytest.MonkeyPatch, *, unbuffered: bool
) -> None:
    monkeypatch.chdir(login)
    done = redirected([*CODEMOD, *words.split()], how, unbuffered=unbuffered)
    assert done.returncode == 3
    said = "orgkey-codemod: the report could not be written: No space left on device. Make room and run it again; "
    assert done.stderr == (f"{said}what a fix wrote stays.\n" if how == FULL[0] else "")


# --- progress ---------------------------------------------------------------------------------------------------------


def test_a_person_at_a_terminal_sees_how_far_the_search_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(2049):
        (tmp_path / f"m{number}.py").touch()
    assert cli.main(["check", "--jobs", "1", str(tmp_path)]) == 0
    assert not capsys.readouterr().err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert cli.main(["check", "--jobs", "1", str(tmp_path)]) == 0
    shown = capsys.readouterr().err
    assert "searching [---" in shown
    assert "##-] 2,0" in shown
    assert shown.endswith(" of 2,049 files\x1b[K\r\x1b[K"), "the bar does not go at the end"


# --- through the core -------------------------------------------------------------------------------------------------


def test_it_is_a_command_of_the_core_too(login: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from orgkey.cli.app import run as orgkey

    assert orgkey(["migrate", "check", str(login), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["summary"]["review"] == 1
    assert orgkey(["migrate", "fix", str(login)]) == 0
    assert contents(login) == {"app.py": FIXED}
    assert orgkey(["migrate", "--explain", "SFA101"]) == 0
    assert "SFA101: " in capsys.readouterr().out
    assert orgkey(["migrate", "check", "--flow", "soap"]) == 2


# --- the pre-commit hook ----------------------------------------------------------------------------------------------


def test_the_hook_installs_the_package_and_runs_its_command() -> None:
    """Pre-commit installs the root of this repository, which has to be empty, and what the hook names beside it."""
    root = Path(__file__).parents[2]
    hook = (root / ".pre-commit-hooks.yaml").read_text()
    package = hook.partition("additional_dependencies: [")[2].partition("]")[0]
    project = tomllib.loads((root / package / "pyproject.toml").read_text())["project"]
    assert project["scripts"][hook.partition("entry: ")[2].split()[0]] == "orgkey_codemod.cli:main"
    nothing = configparser.ConfigParser()
    nothing.read(root / "setup.cfg")
    assert nothing["options"]["py_modules"] == ""
    assert "project" not in tomllib.loads((root / "pyproject.toml").read_text())


# --- files of settings ------------------------------------------------------------------------------------------------


def test_the_new_variables_are_written_once_beside_safe_and_reviewed_ones(login: Path, run: Run) -> None:
    (login / "bulk.py").write_text(
        "import os\n\nfrom simple_salesforce import Salesforce\n\n"
        'if "KEY" in os.environ:\n'
        '    sf = Salesforce(username="a@acme.example", consumer_key="acme", privatekey=os.environ["KEY"])\n'
        "else:\n"
        '    sf = Salesforce(username="a@acme.example", password=os.environ["BULK_PASS"], security_token="")\n'
    )
    (login / ".env.example").write_text("A=1\nBULK_PASS=\nSF_USER=\nSF_PASS=\n")
    before = json.loads(run("check", login, "--format", "json")[1])["findings"]
    assert {each["level"] for each in before if each["code"] == "SFA601"} == {"safe", "review"}
    run("fix", "--unsafe", login)
    assert (login / ".env.example").read_text() == (
        "A=1\nSF_USER=\nSALESFORCE_CLIENT_ID=\nSALESFORCE_PRIVATE_KEY_FILE=\n"
    )


# --- what a person sees -----------------------------------------------------------------------------------------------


def test_colours_are_for_terminals_only(login: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    words = ("fix", "--diff", login)
    bare = run(*words)[1]
    assert "\033[" not in bare
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    coloured = run(*words)[1]
    assert "\033[32msafe\033[0m" in coloured
    assert re.sub(r"\033\[\d*m", "", coloured) == bare
    assert "\033[" not in run(*words, "--format", "json")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(*words)[1] == bare


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        (["check"], ["next: `orgkey-codemod fix {}` rewrites 1 that is safe"]),
        (["fix"], []),
        (["check", "--flow", "client-credentials"], []),
    ],
)
def test_the_next_step_is_named_where_there_is_one(words: list[str], steps: list[str], login: Path, run: Run) -> None:
    told = [line for line in run(*words, login)[1].splitlines() if line.startswith("next: ")]
    assert told == [step.format(login) for step in steps]


def test_the_next_step_is_about_the_same_files_in_the_same_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    for name in ("one app", "two", "three"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_bytes(LOGIN)
    monkeypatch.chdir(tmp_path)
    words = ["--style", "native", "--ignore", "SFA9", "--exclude", "old/*", "--docs", "one app", "two"]
    told = run("check", *words)[1]
    (step,) = re.findall(r"^next: `(.*)` rewrites 2 that are safe$", told, re.MULTILINE)
    assert step == ("orgkey-codemod fix --style=native --ignore=SFA9 '--exclude=old/*' --docs 'one app' two"), (
        "it is about something else"
    )
    run(*shlex.split(step)[1:])
    fixed = {name for name, content in contents(tmp_path).items() if content != LOGIN}
    assert fixed == {"one app/app.py", "two/app.py"}
    assert b"privatekey" in contents(tmp_path)["two/app.py"], "the other style is chosen"


def test_in_the_current_folder_the_next_step_needs_no_path(
    login: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(login)
    assert "next: `orgkey-codemod fix` rewrites 1 " in run("check")[1]
    assert "next: `orgkey-codemod fix` rewrites 1 " in run("check", ".")[1]


def test_what_needs_review_has_a_next_step_of_its_own(login: Path, run: Run) -> None:
    (login / "app.py").write_bytes(LOGIN.replace(b'os.environ["SF_PASS"]', b'"Tr0ub4dor-and-3"'))
    step = f"next: `orgkey-codemod fix --unsafe --diff {login}` shows 1 for you to review\n"
    assert step in run("check", login)[1]


def test_the_next_step_after_a_fix_begins_with_a_commit(login: Path, run: Run) -> None:
    (login / "job.py").write_bytes(LOGIN.replace(b'os.environ["SF_PASS"]', b'"Tr0ub4dor-and-3"'))
    git(login, "init", "-q")
    git(login, "add", "-A")
    git(login, "commit", "-q", "-m", "before")
    step = f"`orgkey-codemod fix --unsafe --diff {login}` shows 1 for you to review\n"
    assert f"next: commit this, for the next fix refuses to mix with it; then {step}" in run("fix", login)[1]
    assert run("fix", "--unsafe", login)[0] == 2, "it does not refuse"
    git(login, "commit", "-q", "-a", "-m", "fixed")
    assert f"next: {step}" in run("fix", "--unsafe", "--diff", login)[1]
    assert run("fix", "--unsafe", login)[0] != 2
