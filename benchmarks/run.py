"""Runs the benchmarks: every figure beside its peers, in one run."""

from __future__ import annotations

import argparse
import importlib
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

import harness
import plot
import report

if TYPE_CHECKING:
    from collections.abc import Iterable

# A group is a module with a TITLE and measure(effort), which returns rows.
GROUPS: Final = (
    "hit_path",
    "herd",
    "late_401",
    "dead_grant",
    "assertions",
    "doctor",
    "memory",
    "import_time",
    "local_salesforce",
    "local_salesforce_soak",
    "langchain_tools",
    "langchain_loader",
    "llama_index_reader",
    "simple_salesforce_calls",
    "simple_salesforce_expiry",
    "simple_salesforce_import",
    "simple_salesforce_soak",
    "codemod",
    "tenants",
    "tenants_herd",
    "tenants_outage",
    "tenants_schedules",
)


def main(arguments: list[str] | None = None) -> int:
    """Measure the named groups, or all. Returns 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(GROUPS)} (all)")
    parser.add_argument("--quick", action="store_true", help="a few rounds for a look; keeps nothing")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.names) - set(GROUPS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    groups = [_run(name, quick=chosen.quick) for name in chosen.names or GROUPS]
    if not chosen.quick:
        report.rewrite_readme(GROUPS)
    return int(_missed(groups))


def _run(name: str, *, quick: bool) -> report.Document:
    print(f"\n{name} ...", flush=True)
    # In a process of its own, so that no group inherits what another one loaded, cached or left behind.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        group = process.submit(_measure, name, harness.QUICK if quick else harness.FULL).result()
    print(report.table(group), flush=True)
    if not quick:
        report.keep(name, group)
        plot.draw(name, group)
    return group


def _measure(name: str, effort: harness.Effort) -> report.Document:
    group, where = importlib.import_module(name), report.surroundings()
    return report.document(group.TITLE, where, group.measure(effort))


def _missed(groups: Iterable[report.Document]) -> bool:
    return any(row["verdict"] == harness.Verdict.MISSED for group in groups for row in group["rows"])


if __name__ == "__main__":
    sys.exit(main())
