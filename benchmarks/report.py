"""Puts what was measured into JSON and Markdown. Neither names a machine or a path."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from harness import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness import Row

__all__ = ["RESULTS", "Document", "amount", "document", "keep", "rewrite_readme", "surroundings", "table"]

# One group as its JSON file holds it: title, surroundings, rows.
Document = dict[str, Any]

RESULTS: Final = Path(__file__).parent / "results"

_README: Final = Path(__file__).parent / "README.md"
_BEGIN: Final = "<!-- results: begin -->\n"
_END: Final = "<!-- results: end -->\n"
_LIBRARIES: Final = (
    "orgkey",
    "httpx",
    "httpx2",
    "requests",
    "google-auth",
    "authlib",
    "aiosalesforce",
    "pyjwt",
    "cryptography",
)


def surroundings() -> dict[str, Any]:
    """What the figures depend on besides the code. To be asked before measuring, which itself raises the load."""
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "versions": {library: version(library) for library in _LIBRARIES},
    }


def document(title: str, where: dict[str, Any], rows: Iterable[Row]) -> Document:
    """One group as it is kept."""
    return {"title": title, "surroundings": where, "rows": [_entry(row) for row in rows]}


def _entry(row: Row) -> dict[str, Any]:
    return {
        "figure": row.figure,
        "case": row.case,
        "unit": row.unit,
        "goal": None if row.goal is None else {"sign": row.goal.sign, "limit": row.goal.limit},
        "median": row.value,
        "interval": list(row.interval),
        "verdict": row.verdict,
        "samples": [float(f"{sample:.5g}") for sample in row.samples],
    }


def keep(name: str, group: Document) -> None:
    """Write ``group`` to its JSON file."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(group, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def rewrite_readme(names: Sequence[str]) -> None:
    """Put the kept results of the groups ``names`` between the README's two marks."""
    files = {name: RESULTS / f"{name}.json" for name in names}
    groups = {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items() if file.exists()}
    before, begin, rest = _README.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    assert end, f"{_README.name} has lost the marks between which the results are put"
    text = "\n".join(_chapters(groups))
    _README.write_text(f"{before}{begin}{text}\n{end}{after}", encoding="utf-8")


def _chapters(groups: dict[str, Document]) -> Iterator[str]:
    yield "\n## What falls short\n"
    yield from [line for group in groups.values() for line in _shortfalls(group)] or ["Nothing: every goal is met."]
    for name, group in groups.items():
        yield f"\n## {group['title']}\n"
        yield _caption(group["surroundings"])
        yield f"\n{table(group)}\n"
        yield f"![{group['title']}](results/{name}.svg)"


def _shortfalls(group: Document) -> Iterator[str]:
    for row in group["rows"]:
        if row["verdict"] not in {None, Verdict.MET}:
            reached = f"{amount(row['median'], row['unit'])} ({_interval(row)})"
            where = f"{group['title']}, {row['figure']}, {row['case']}"
            yield f"- {where}: {reached}; the goal is {_goal(row)}: **{row['verdict']}**."


def _caption(where: dict[str, Any]) -> str:
    versions = ", ".join(f"{library} {number}" for library, number in where["versions"].items())
    return (
        f"Measured on {where['measured_on']} with {where['python']} on {where['system']}, {where['cpus']} CPUs, "
        f"load {where['load_before']} before it began; {versions}."
    )


def table(group: Document) -> str:
    """The rows as a Markdown table, a heading line for each figure."""
    lines = ["| | goal | median | interval | |", "|---|---|---:|---:|---|"]
    for figure, rows in groupby(group["rows"], key=lambda row: row["figure"]):
        lines.append(f"| **{figure}** | | | | |")
        lines += [
            f"| {row['case']} | {_goal(row)} | {amount(row['median'], row['unit'])} "
            f"| {_interval(row)} | {row['verdict'] or ''} |"
            for row in rows
        ]
    return "\n".join(lines)


def _goal(row: dict[str, Any]) -> str:
    goal = row["goal"]
    return "" if goal is None else f"{goal['sign']} {goal['limit']:g}"


def _interval(row: dict[str, Any]) -> str:
    low, high = (_number(end, row["unit"]) for end in row["interval"])
    return low if low == high else f"{low} … {high}"


def amount(value: float, unit: str) -> str:
    """``value`` with its unit."""
    return f"{_number(value, unit)} {unit}".rstrip()


def _number(value: float, unit: str) -> str:
    """``value`` with as many digits as mean something: none after the point for a count, three in all else."""
    size = abs(value)
    digits = 0 if size >= 100 or not unit else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}"
