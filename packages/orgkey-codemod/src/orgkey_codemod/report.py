"""What a run says: for people, for programs, for GitHub and for code scanners."""

from __future__ import annotations

import difflib
import json
import shlex
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from orgkey_codemod.colours import plain
from orgkey_codemod.model import Level, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Failure, Finding

__all__ = ["FORMATS", "Outcome", "Report", "diff"]

_SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_SEVERITY: Final = {Level.SAFE: "warning", Level.REVIEW: "warning", Level.REPORT: "error"}
_COUNTS: Final = ("scanned", "matched", "fixed", "review", "unfixable", "failed")
_SPOKEN: Final = {"review": "to review"}
_COLOURS: Final = {"fixed": "green", "safe": "green", "review": "yellow", "report": "red"}
_IN_DIFF: Final = {"---": "bold", "+++": "bold", "@@ ": "cyan", "-": "red", "+": "green"}


@dataclass(frozen=True)
class Outcome:
    """What came of one argument of the command."""

    findings: Sequence[Finding] = ()
    fixed: frozenset[Finding] = frozenset()
    failures: Sequence[Failure] = ()
    scanned: int = 0
    matched: int = 0
    changed: Mapping[PurePosixPath, bytes] = field(default_factory=dict)
    """The files that a fix changes, or would change, as they are afterwards."""
    diff: Sequence[str] = ()
    """The lines of the difference, masked; empty where nobody asked for it."""
    advice: Sequence[str] = ()
    """What the code cannot do itself."""
    prefix: str = ""
    """What stands in front of a path where it is told from the folder that the command ran in."""
    install: tuple[str, ...] = ()
    """Distributions that the rewritten code needs, and that no manifest of the tree got."""
    is_to_commit: bool = False
    """Whether git has what was written as changes that are not committed, which the next fix would refuse."""

    @property
    def left(self) -> list[Finding]:
        """What is not fixed."""
        return [finding for finding in self.findings if finding not in self.fixed]

    def counts(self) -> Counter[str]:
        """How many of each; the numbers of the last line."""
        left = self.left
        return Counter(
            scanned=self.scanned,
            matched=self.matched,
            fixed=len(self.fixed),
            review=sum(finding.level is not Level.REPORT for finding in left),
            unfixable=sum(finding.level is Level.REPORT for finding in left),
            failed=len(self.failures),
        )


@dataclass(frozen=True)
class Report:
    """What came of all arguments."""

    outcomes: Sequence[Outcome]
    command: str = "orgkey-codemod"
    """What the command is called."""
    asked: Sequence[str] = ()
    """Its options and paths, which a command that goes on from here needs too."""

    def summary(self) -> dict[str, int]:
        """The counts of all arguments together."""
        total: Counter[str] = Counter()
        for outcome in self.outcomes:
            total.update(outcome.counts())
        return {name: total[name] for name in _COUNTS}


# --- for people -------------------------------------------------------------------------------------------------------


def as_text(report: Report, paint: Callable[[str, str], str] = plain) -> Iterator[str]:
    """A line for each finding, what to do next, and a last line that counts."""
    for outcome in report.outcomes:
        yield from (_in_diff(line, paint) for line in outcome.diff)
        for finding in outcome.findings:
            state = "fixed" if finding in outcome.fixed else finding.level.value
            reason = f" [{finding.reason}]" if finding.reason is not None and finding not in outcome.fixed else ""
            where, word = paint(_where(finding), "bold"), paint(state, _COLOURS[state])
            yield f"{where}: {finding.code} {word}: {finding.message}{reason}"
        for failure in outcome.failures:
            yield f"{paint(_where(failure), 'bold')}: {paint('failed', 'red')}: {failure.message}"
        yield from outcome.advice
    yield from _next_steps(report)
    yield _last_line(report)


def _in_diff(line: str, paint: Callable[[str, str], str]) -> str:
    return next((paint(line, style) for start, style in _IN_DIFF.items() if line.startswith(start)), line)


def _next_steps(report: Report) -> Iterator[str]:
    """The command for what can still be fixed."""
    left = [finding for outcome in report.outcomes for finding in outcome.left if finding.edits]
    safe = sum(finding.level is Level.SAFE for finding in left)
    review = sum(finding.level is Level.REVIEW for finding in left)
    if safe:
        yield f"next: `{_fix(report)}` rewrites {safe} that {'are' if safe > 1 else 'is'} safe"
    if review:
        more = " more" if safe else ""
        first = "commit this, for the next fix refuses to mix with it; then " if _is_to_commit(report) else ""
        yield f"next: {first}`{_fix(report, '--unsafe', '--diff')}` shows {review}{more} for you to review"


def _fix(report: Report, *words: str) -> str:
    """The command that goes on with the same files."""
    return f"{report.command} {shlex.join(('fix', *words, *report.asked))}"


def _is_to_commit(report: Report) -> bool:
    return any(outcome.is_to_commit for outcome in report.outcomes)


def _where(found: Finding | Failure) -> str:
    place = found.place
    if place is None:
        return str(found.path)
    cell = f":cell {place.cell}" if place.cell is not None else ""
    return f"{found.path}{cell}:{place.line}:{place.column}"


def _last_line(report: Report) -> str:
    summary = report.summary()
    counts = ", ".join(f"{count} {_SPOKEN.get(name, name)}" for name, count in summary.items())
    safe = sum(each.level is Level.SAFE for outcome in report.outcomes for each in outcome.left)
    if safe:
        counts = counts.replace(" to review", f" to review ({safe} of them safe)")
    needed = sorted({name for outcome in report.outcomes for name in outcome.install})
    return f"{counts}; install: python -m pip install {' '.join(needed)}" if needed else counts


# --- for programs -----------------------------------------------------------------------------------------------------


def as_json(report: Report) -> Iterator[str]:
    """One document with findings, failures and counts; paths are relative to the argument that they lie below."""
    document: dict[str, Any] = {
        "findings": [_entry(each, each in one.fixed) for one in report.outcomes for each in one.findings],
        "failures": [_failure(each) for one in report.outcomes for each in one.failures],
        "summary": report.summary(),
    }
    lines = [line for outcome in report.outcomes for line in outcome.diff]
    if lines:
        document["diff"] = "\n".join(lines)
    yield json.dumps(document, indent=2)


def _entry(finding: Finding, fixed: bool) -> dict[str, Any]:
    place = finding.place
    return {
        "code": finding.code,
        "level": finding.level.value,
        "path": str(finding.path),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line or place.line,
        "end_column": place.end_column or place.column,
        "cell": place.cell,
        "message": finding.message,
        "reason": None if fixed else _reason(finding),
        "fixed": fixed,
    }


def _reason(finding: Finding) -> str | None:
    """Why something is not fixed. What no edit can do has its answer outside the code: in the org, or at a host."""
    if finding.reason is None and finding.level is Level.REPORT:
        return Reason.NON_PYTHON.value
    return finding.reason.value if finding.reason is not None else None


def _failure(failure: Failure) -> dict[str, Any]:
    place = failure.place
    return {
        "path": str(failure.path),
        "line": place.line if place is not None else None,
        "cell": place.cell if place is not None else None,
        "message": failure.message,
    }


# --- for GitHub -------------------------------------------------------------------------------------------------------


def as_github(report: Report) -> Iterator[str]:
    """Workflow commands, which annotate a pull request."""
    for outcome in report.outcomes:
        for finding in outcome.left:
            place = {"line": finding.place.line, "endLine": finding.place.end_line or finding.place.line}
            if finding.place.cell is None:
                place["col"] = finding.place.column
            yield _command(_SEVERITY[finding.level], outcome, finding.path, finding.code, finding.message, **place)
        for failure in outcome.failures:
            line = {"line": failure.place.line} if failure.place is not None else {}
            yield _command("error", outcome, failure.path, "failed", failure.message, **line)
    yield _last_line(report)


def _command(level: str, outcome: Outcome, path: PurePosixPath, title: str, message: str, **place: int) -> str:
    file = _escaped(f"{outcome.prefix}{path}", more=":,")
    rest = "".join(f",{name}={value}" for name, value in place.items())
    return f"::{level} file={file}{rest},title={title}::{_escaped(message)}"


def _escaped(text: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


# --- for code scanners ------------------------------------------------------------------------------------------------


def as_sarif(report: Report) -> Iterator[str]:
    """SARIF 2.1.0, without any text of the files."""
    from orgkey_codemod import __version__
    from orgkey_codemod.rules import RULES

    titles = {rule.code: rule.title for rule in RULES}
    codes = sorted({finding.code for outcome in report.outcomes for finding in outcome.findings})
    driver = {
        "name": "orgkey-codemod",
        "version": __version__,
        "rules": [{"id": code, "shortDescription": {"text": titles.get(code, code)}} for code in codes],
    }
    failures = [(outcome, failure) for outcome in report.outcomes for failure in outcome.failures]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(outcome, finding) for outcome in report.outcomes for finding in outcome.left],
        "invocations": [
            {
                "executionSuccessful": not failures,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": failure.message},
                        "locations": [_location(outcome, failure)],
                    }
                    for outcome, failure in failures
                ],
            }
        ],
    }
    yield json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(outcome: Outcome, finding: Finding) -> dict[str, Any]:
    properties = {"level": finding.level.value, "reason": _reason(finding)}
    if finding.place.cell is not None:
        properties["cell"] = str(finding.place.cell)
    return {
        "ruleId": finding.code,
        "level": _SEVERITY[finding.level],
        "message": {"text": finding.message},
        "locations": [_location(outcome, finding)],
        "properties": properties,
    }


def _location(outcome: Outcome, found: Finding | Failure) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(f"{outcome.prefix}{found.path}", errors="replace")}}
    place = found.place
    if place is not None and place.cell is None:  # lines of a cell are not lines of the file
        physical["region"] = {"startLine": place.line, "startColumn": place.column}
        if place.end_line:
            physical["region"] |= {"endLine": place.end_line, "endColumn": max(place.end_column, 1)}
    return {"physicalLocation": physical}


FORMATS: Final[dict[str, Callable[[Report], Iterator[str]]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}


# --- what would change ------------------------------------------------------------------------------------------------


def diff(
    before: Mapping[PurePosixPath, bytes],
    changed: Mapping[PurePosixPath, bytes],
    mask: Callable[[PurePosixPath, str], str],
) -> Iterator[str]:
    """What would change, with every secret masked: a log of it tells nobody a password."""
    for path in sorted(changed):
        old, new = (text.decode("utf-8", "backslashreplace").splitlines() for text in (before[path], changed[path]))
        lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm="", n=2)
        yield from (mask(path, line) for line in lines)
