"""No assignment goes that no finding tells of, whatever it goes along with; and it goes only with that."""

from __future__ import annotations

import ast
import json
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import corpus
import pytest
from trees import lay_out

from orgkey_codemod import cli

if TYPE_CHECKING:
    from pathlib import Path

    from corpus import Case

CASES: Final = [case for case in corpus.load() if case.trap is None]
SETTINGS: Final = 'import os\n\nSF_USER = "agent@acme.example"\nSF_PASSWORD = os.environ["SF_PASSWORD"]\n'
APP: Final = (
    "import settings\nfrom simple_salesforce import Salesforce\n\n"
    'sf = Salesforce(settings.SF_USER, settings.SF_PASSWORD, "Tr0ub4dor-and-3")\n'
)
CHECKED: Final = (
    "import os\n\nfrom simple_salesforce import Salesforce\n\n"
    'user = os.getenv("SF_USER")\n'
    'password = os.getenv("SF_PASSWORD")\n'
    "if not (user and password):  # <COMMENT>\n    raise SystemExit(1)\n"
    'sf = Salesforce(username=user, password=password, security_token="")\n'
)


def fixed(given: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[tuple[str, int, int, str]]:
    capsys.readouterr()
    cli.main(["fix", "--unsafe", "--format", "json", *words, str(given)])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return [(each["path"], each["line"], each["end_line"], each["code"]) for each in findings if each["fixed"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_assignment_that_goes_is_told_of(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = tmp_path / "given"
    shutil.copytree(case.folder / "before", given)
    told = fixed(given, capsys, *case.options)
    for path in (path for path in case.before if path.endswith(".py")):
        before, left = assignments(case.before[path]), assignments((given / path).read_bytes())
        lost = {name: len(lines) - len(left[name]) for name, lines in before.items() if len(left[name]) < len(lines)}
        spans = [range(first, last + 1) for name, first, last, _ in told if name == path]
        seen = {name: sum(any(line in span for span in spans) for line in before[name]) for name in lost}
        assert {name for name, count in lost.items() if seen[name] < count} == set(), f"{path} loses it in silence"


def assignments(code: bytes) -> dict[str, list[int]]:
    """The lines on which names and attributes are given values; none of what does not parse."""
    found: dict[str, list[int]] = defaultdict(list)
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError):
        return found
    for each in nodes:
        if isinstance(each, ast.Assign | ast.AnnAssign):
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            found[", ".join(map(ast.unparse, targets))].append(each.lineno)
    return found


def test_a_setting_goes_with_the_login_under_review(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = lay_out(tmp_path, {"app.py": APP, "settings.py": SETTINGS})
    assert ("settings.py", 4, 4, "SFA501") in fixed(given, capsys)
    assert "SF_PASSWORD" not in (given / "settings.py").read_text()


@pytest.mark.parametrize(("words", "comment"), [(("--ignore", "SFA103"), ""), ((), "  # orgkey: ignore[SFA103]")])
def test_it_stays_with_the_login(
    words: tuple[str, ...], comment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = APP.rstrip("\n") + comment + "\n"
    given = lay_out(tmp_path, {"app.py": app, "settings.py": SETTINGS})
    assert fixed(given, capsys, *words) == []
    assert ((given / "app.py").read_text(), (given / "settings.py").read_text()) == (app, SETTINGS)


@pytest.mark.parametrize("comment", ["", "  # orgkey: ignore[SFA503]"])
def test_what_fed_a_check_goes_and_stays_with_the_check(
    comment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = lay_out(tmp_path, {"app.py": CHECKED.replace("  # <COMMENT>", comment)})
    told = fixed(given, capsys)
    assert (("app.py", 6, 6, "SFA501") in told) is not bool(comment)
    assert ("password = " in (given / "app.py").read_text()) is bool(comment)
