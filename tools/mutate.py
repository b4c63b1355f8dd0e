"""Remove each safeguard listed in tests/mutations.toml and see the test that is named for it fail.

Works on a copy of the sources, put before the installed ones on the path; the checkout is never changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

import matrix

MUTATIONS = matrix.ROOT / "tests" / "mutations.toml"
TESTS_FAILED = 1  # pytest's exit code; any other one but 0 says that the tests did not run


@dataclass(frozen=True)
class Mutation:
    """One safeguard: the text that keeps it, what remains without it, and the test that must notice."""

    name: str
    file: str
    find: str
    replace: str
    test: str


def main(only: str = "") -> int:
    """Try every mutation whose name contains ``only``; return 0 if each was noticed."""
    table = tomllib.loads(MUTATIONS.read_text(encoding="utf-8"))
    mutations = [Mutation(**row) for row in table["mutation"] if only in row["name"]]
    if pytest(*dict.fromkeys(mutation.test for mutation in mutations)):
        print("mutations: the tests named in tests/mutations.toml must pass before anything is removed")
        return 1
    unnoticed = [mutation.name for mutation in mutations if not is_noticed(mutation)]
    print(f"{len(mutations) - len(unnoticed)} of {len(mutations)} mutations were noticed")
    return 1 if unnoticed else 0


def is_noticed(mutation: Mutation) -> bool:
    """Run a mutation's test on a copy of its package that has the mutation; say what came of it."""
    package = next(folder for folder in matrix.packages() if (matrix.ROOT / mutation.file).is_relative_to(folder))
    with tempfile.TemporaryDirectory(prefix="orgkey-mutation-") as folder:
        sources = Path(folder) / "src"
        shutil.copytree(package / "src", sources)
        target = sources / (matrix.ROOT / mutation.file).relative_to(package / "src")
        text = target.read_text(encoding="utf-8")
        if text.count(mutation.find) != 1:
            print(f"NOT FOUND  {mutation.name}: its text is {text.count(mutation.find)} times in {mutation.file}")
            return False
        target.write_text(text.replace(mutation.find, mutation.replace), encoding="utf-8")
        code = pytest(mutation.test, sources=sources)
    outcome = {TESTS_FAILED: "noticed", 0: "UNNOTICED"}.get(code, f"BROKEN (pytest exit code {code})")
    print(f"{outcome:10} {mutation.name}: {mutation.test}", flush=True)
    return code == TESTS_FAILED


def pytest(*tests: str, sources: Path | None = None) -> int:
    """Run tests quietly, with another copy of the sources before the installed one if there is one."""
    path = [str(sources)] if sources else []
    path += [existing] if (existing := os.environ.get("PYTHONPATH")) else []
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider", *tests],
        cwd=matrix.ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode not in {0, TESTS_FAILED} or (done.returncode and not sources):
        print(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
