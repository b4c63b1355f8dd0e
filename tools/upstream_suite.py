"""simple-salesforce's own test suite with the drop-in put in place of its class: `nox -s upstream -- FOLDER`.

FOLDER is a checkout of simple-salesforce's repository, which nothing here copies; its package is what is tested. The
suite runs as it is, then with ``Salesforce`` and ``SalesforceLogin`` replaced, then replaced and configured for JWT
Bearer, where passwords are ignored. What a replacement makes fail must be listed with its reason in
upstream_differences.toml, and what is listed there must fail.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOOLS: Final = Path(__file__).resolve().parent
DIFFERENCES: Final = TOOLS / "upstream_differences.toml"
TESTS: Final = Path("simple_salesforce") / "tests"
REPLACED: Final = ("replaced", "configured")

# Settings of whoever runs this must not decide how the suite logs in.
_OURS: Final = ("SALESFORCE_", "ORGKEY_")


@dataclass(frozen=True)
class Difference:
    """A test that passes with simple-salesforce's own class and fails with ours, in the named runs, for a reason."""

    test: str
    runs: tuple[str, ...]
    reason: str


def main(checkout: Path, differences: Path = DIFFERENCES) -> int:
    """Run and compare; print what was counted. Returns the exit code."""
    if not (checkout / TESTS).is_dir():
        print(f"{checkout} has no {TESTS}: give the folder of a checkout of simple-salesforce's repository.")
        return 2
    listed = [
        Difference(each["test"], tuple(each["runs"]), each["reason"])
        for each in tomllib.loads(differences.read_text(encoding="utf-8"))["difference"]
    ]
    stock = outcomes(checkout, "stock")
    print(counted("stock", stock))
    problems = [] if "passed" in stock.values() else ["No test passes with simple-salesforce's own class."]
    for run in REPLACED:
        ours = outcomes(checkout, run)
        expected = {each.test: each.reason for each in listed if run in each.runs}
        print(counted(run, ours))
        print(*(f"  differs  {test}: {expected[test]}" for test in sorted(expected) if test in ours), sep="\n")
        problems += compare(run, stock, ours, expected)
    print(*problems or ["Nothing else differs."], sep="\n")
    return 1 if problems else 0


def compare(run: str, stock: Mapping[str, str], ours: Mapping[str, str], expected: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with one run: a difference that is not listed, or a listed one that there is not."""
    for test, outcome in sorted(stock.items()):
        now = ours.get(test, "absent")
        if outcome == "passed" and now != "passed" and test not in expected:
            yield f"{run}: {test} passes with simple-salesforce's own class, and is {now} with ours. Mend or list it."
    for test in sorted(expected):
        if test not in stock:
            yield f"{run}: {test} is listed, and this checkout has no such test. Take it off the list."
        elif stock[test] != "passed":
            yield f"{run}: {test} is listed, and is {stock[test]} with simple-salesforce's own class: nothing is shown."
        elif ours.get(test) == "passed":
            yield f"{run}: {test} is listed, and passes. Take it off the list."


def outcomes(checkout: Path, run: str) -> dict[str, str]:
    """The outcome of each test of one run: passed, failed or skipped."""
    with tempfile.TemporaryDirectory(prefix="orgkey-upstream-") as folder:
        report = Path(folder) / "outcomes.json"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        environment |= {
            "PYTHONPATH": str(TOOLS),
            "PYTHONDONTWRITEBYTECODE": "1",
            "UPSTREAM_RUN": run,
            "UPSTREAM_REPORT": str(report),
        }
        command = [sys.executable, "-m", "pytest", "-q", "-pupstream_plugin", "-pno:cacheprovider"]
        # Their coverage options are theirs alone, and their filters hide a warning that one of the tests waits for.
        # `-m` puts the checkout before the installed package.
        done = subprocess.run(
            [*command, "-oaddopts=", "-ofilterwarnings=", str(TESTS)],
            cwd=checkout, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if not report.exists():
            raise SystemExit(f"The {run} run of the suite did not end:\n{done.stdout}{done.stderr}")
        found: dict[str, str] = json.loads(report.read_text(encoding="utf-8"))
        return found


def counted(run: str, found: Mapping[str, str]) -> str:
    """One line about a run."""
    counts = {outcome: list(found.values()).count(outcome) for outcome in ("passed", "failed", "skipped")}
    return f"{run:<11}{', '.join(f'{count} {outcome}' for outcome, count in counts.items())}"


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004  # itself and the folder
        sys.exit("usage: python tools/upstream_suite.py FOLDER")
    sys.exit(main(Path(sys.argv[1]).resolve()))
