"""What a run says: for people, for programs, for GitHub and for code scanners."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from orgkey_codemod.model import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Failure, Finding

__all__ = ["FORMATS", "Outcome", "diff"]

_SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_SEVERITY: Final = {Level.SAFE: "warning", Level.REVIEW: "warning", Level.REPORT: "error"}


@dataclass(frozen=True)
class Outcome:
    """What came of one run."""

    findings: Sequence[Finding] = ()
    fixed: frozenset[Finding] = frozenset()
    failures: Sequence[Failure] = ()
    scanned: int = 0
    matched: int = 0
    changed: Mapping[PurePosixPath, bytes] = field(default_factory=dict)

    def summary(self) -> dict[str, int]:
        """The counts of the last line."""
        left = [finding for finding in self.findings if finding not in self.fixed]
        return {
            "scanned": self.scanned,
            "matched": self.matched,
            "fixed": len(self.fixed),
            "review": sum(finding.level is not Level.REPORT for finding in left),
            "unfixable": sum(finding.level is Level.REPORT for finding in left),
            "failed": len(self.failures),
        }


def as_text(outcome: Outcome) -> Iterator[str]:
    """One line each, and a last one that counts."""
    for finding in outcome.findings:
        place = finding.place
        cell = f":cell {place.cell}" if place.cell is not None else ""
        state = "fixed" if finding in outcome.fixed else finding.level.value
        reason = f" [{finding.reason}]" if finding.reason is not None and finding not in outcome.fixed else ""
        yield f"{finding.path}{cell}:{place.line}:{place.column}: {finding.code} {state}: {finding.message}{reason}"
    for failure in outcome.failures:
        line = f":{failure.place.line}" if failure.place is not None else ""
        yield f"{failure.path}{line}: failed: {failure.message}"
    yield ", ".join(f"{count} {name}" for name, count in outcome.summary().items())


def as_json(outcome: Outcome) -> Iterator[str]:
    """One document with findings and counts."""
    findings = [_entry(finding, finding in outcome.fixed) for finding in outcome.findings]
    failures = [
        {"path": str(each.path), "line": each.place.line if each.place else None, "message": each.message}
        for each in outcome.failures
    ]
    yield json.dumps({"findings": findings, "failures": failures, "summary": outcome.summary()}, indent=2)


def _entry(finding: Finding, fixed: bool) -> dict[str, Any]:
    place = finding.place
    return {
        "code": finding.code,
        "level": finding.level.value,
        "path": str(finding.path),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "cell": place.cell,
        "message": finding.message,
        "reason": finding.reason.value if finding.reason is not None else None,
        "fixed": fixed,
    }


def as_github(outcome: Outcome) -> Iterator[str]:
    """Workflow commands, which annotate a pull request."""
    for finding in outcome.findings:
        if finding not in outcome.fixed:
            place = f"file={finding.path},line={finding.place.line},col={finding.place.column}"
            yield f"::{_SEVERITY[finding.level]} {place},title={finding.code}::{finding.message}"
    for failure in outcome.failures:
        yield f"::error file={failure.path}::{failure.message}"
    yield ", ".join(f"{count} {name}" for name, count in outcome.summary().items())


def as_sarif(outcome: Outcome) -> Iterator[str]:
    """SARIF 2.1.0, for code scanners."""
    results = [
        {
            "ruleId": finding.code,
            "level": _SEVERITY[finding.level],
            "message": {"text": finding.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": str(finding.path)},
                        "region": {"startLine": finding.place.line, "startColumn": finding.place.column},
                    }
                }
            ],
        }
        for finding in outcome.findings
        if finding not in outcome.fixed
    ]
    codes = sorted({finding.code for finding in outcome.findings})
    driver = {"name": "orgkey-codemod", "rules": [{"id": code} for code in codes]}
    yield json.dumps(
        {"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}, indent=2
    )


FORMATS: Final[dict[str, Callable[[Outcome], Iterator[str]]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}


def diff(
    before: Mapping[PurePosixPath, bytes], changed: Mapping[PurePosixPath, bytes], mask: Callable[[str], str]
) -> Iterator[str]:
    """What would change, with every secret masked: a log of it tells nobody a password."""
    for path in sorted(changed):
        old, new = (text.decode("utf-8", "backslashreplace").splitlines() for text in (before[path], changed[path]))
        yield from (mask(line) for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm="", n=2))
