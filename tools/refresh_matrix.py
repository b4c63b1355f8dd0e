"""Bring compat.toml and constraints/ up to date with what the package index has and what installs together."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import matrix
import tomlkit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OLDEST_PYTHON = "3.11"
MATRIX_FILE = matrix.ROOT / "compat.toml"
NEWEST = "the newest that installs"


def main() -> None:
    """Add each framework's newest version to compat.toml, then resolve every constraints file anew."""
    write(matrix.DEV_CONSTRAINTS, resolve(matrix.packages(), groups=("dev",)))
    for framework in matrix.read().frameworks:
        add_newest(framework)
    rows = [row for framework in matrix.read().frameworks for row in framework.rows]
    for row in rows:
        write(row.constraints, resolve(row.packages, groups=row.groups, pin=row.requirement))
    for stale in set(matrix.CONSTRAINTS.glob("*.txt")) - {matrix.DEV_CONSTRAINTS, *(r.constraints for r in rows)}:
        stale.unlink()


def add_newest(framework: matrix.Framework) -> None:
    """Append the version that the development environment resolved to, unless it is listed already."""
    newest = pinned(matrix.DEV_CONSTRAINTS.read_text(encoding="utf-8"), framework.name)
    if newest in framework.versions:
        return
    document = tomlkit.parse(MATRIX_FILE.read_text(encoding="utf-8"))
    versions = document["frameworks"][framework.name]["versions"]
    versions.add_line(newest, comment=NEWEST)
    MATRIX_FILE.write_text(tomlkit.dumps(document), encoding="utf-8")
    print(f"compat.toml: {framework.name} {newest} is new; say in its comment why to keep {framework.versions[-1]}")


def resolve(packages: Iterable[Path], *, groups: Iterable[str], pin: str = "") -> str:
    """Ask the installer which versions go together on every Python from 3.11 on.

    The answer names no index and no file of this machine, so it holds wherever the packages come from.
    """
    ours = [f"--no-emit-package={matrix.distribution(package)}" for package in matrix.packages()]
    answer = subprocess.run(
        [
            *("uv", "pip", "compile", "--quiet", "--universal", f"--python-version={OLDEST_PYTHON}"),
            *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"),
            *("--all-extras", *(f"--group={group}" for group in groups), "--constraints=-", *ours),
            *(str((package / "pyproject.toml").relative_to(matrix.ROOT)) for package in packages),
        ],
        input=pin,
        text=True,
        stdout=subprocess.PIPE,
        check=False,
        cwd=matrix.ROOT,
    )
    if answer.returncode:
        what = pin or matrix.DEV_CONSTRAINTS.name
        sys.exit(f"refresh_matrix: {what} does not resolve; uv's reason is above. Nothing was written for it.")
    return answer.stdout


def pinned(constraints: str, name: str) -> str:
    """Return the version a constraints file gives a distribution."""
    found = re.search(rf"^{re.escape(name)}==([^\s;]+)", constraints, re.MULTILINE)
    if not found:
        sys.exit(f"refresh_matrix: {name} of compat.toml is no dependency of any package of the workspace.")
    return found[1]


def write(path: Path, text: str) -> None:
    """Write a constraints file and say whether it changed."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(text, encoding="utf-8")
    print(f"{path.relative_to(matrix.ROOT)}: {'unchanged' if text == before else 'updated'}")


if __name__ == "__main__":
    main()
