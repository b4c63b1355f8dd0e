"""The version matrix of compat.toml: which framework versions are tested, where, and with which constraints."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints"
DEV_CONSTRAINTS = CONSTRAINTS / "dev.txt"


@dataclass(frozen=True)
class Framework:
    """A library that one of the packages adapts to, with its tested versions, oldest first."""

    name: str
    package: str
    tests: tuple[str, ...]
    quick: tuple[str, ...]
    python: tuple[str, ...]
    versions: tuple[str, ...]

    @property
    def oldest(self) -> Row:
        """The row that guards the floor the package declares."""
        return Row(self, self.versions[0])

    @property
    def rows(self) -> tuple[Row, ...]:
        """One row a version, oldest first."""
        return tuple(Row(self, version) for version in self.versions)


@dataclass(frozen=True)
class Row:
    """One version of one framework."""

    framework: Framework
    version: str

    @property
    def name(self) -> str:
        """How sessions and constraints files call this row."""
        return f"{self.framework.name}-{self.version}"

    @property
    def requirement(self) -> str:
        """The pin that makes an environment this row's."""
        return f"{self.framework.name}=={self.version}"

    @property
    def constraints(self) -> Path:
        """The resolved versions of everything else in this row's environment."""
        return CONSTRAINTS / f"{self.name}.txt"


@dataclass(frozen=True)
class Matrix:
    """compat.toml as read."""

    pythons: tuple[str, ...]
    preview: tuple[str, ...]
    frameworks: tuple[Framework, ...]


def read(path: Path = ROOT / "compat.toml") -> Matrix:
    """Read the matrix; a missing key is a KeyError that names it."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    python = table["python"]
    return Matrix(
        pythons=(*python["versions"], *python["preview"]),
        preview=tuple(python["preview"]),
        frameworks=tuple(
            Framework(
                name=name,
                package=entry["package"],
                tests=tuple(entry["tests"]),
                quick=tuple(entry.get("quick", entry["tests"])),
                python=tuple(entry["python"]),
                versions=tuple(entry["versions"]),
            )
            for name, entry in table["frameworks"].items()
        ),
    )


def packages() -> tuple[Path, ...]:
    """Return the folder of every package of the workspace, the core first."""
    return (ROOT / "shared_auth", *(path.parent for path in sorted(ROOT.glob("packages/*/pyproject.toml"))))


def distribution(package: Path) -> str:
    """Return the name a package is installed by."""
    return str(_project(package)["name"])


def extras(package: Path) -> tuple[str, ...]:
    """Return the names of a package's extras."""
    return tuple(_project(package).get("optional-dependencies", ()))


def _project(package: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project
