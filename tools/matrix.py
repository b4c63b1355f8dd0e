"""The version matrix of compat.toml: which framework versions are tested, where, and with which constraints."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints"
DEV_CONSTRAINTS = CONSTRAINTS / "dev.txt"


@dataclass(frozen=True)
class Framework:
    """A library that one of the packages adapts to, with its tested versions, oldest first.

    ``groups`` are the dependency groups its rows install beside ``test``, those of ``without_groups`` excepted;
    ``python_of`` holds the Pythons of versions that do not install on all of ``python``.
    """

    name: str
    package: str
    tests: tuple[str, ...]
    quick: tuple[str, ...]
    python: tuple[str, ...]
    versions: tuple[str, ...]
    groups: tuple[str, ...] = ()
    without_groups: tuple[str, ...] = ()
    python_of: tuple[tuple[str, tuple[str, ...]], ...] = ()

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
    def groups(self) -> tuple[str, ...]:
        """The dependency groups that are installed for its tests."""
        return ("test", *(self.framework.groups if self.version not in self.framework.without_groups else ()))

    @property
    def python(self) -> tuple[str, ...]:
        """The Pythons that it is tested on."""
        return dict(self.framework.python_of).get(self.version, self.framework.python)

    @property
    def packages(self) -> tuple[Path, ...]:
        """The packages of this checkout that it needs: the framework's, what that depends on, the local Salesforce."""
        return needed_by(ROOT / self.framework.package, ROOT / "packages" / "orgkey-sim")

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
                groups=tuple(entry.get("groups", ())),
                without_groups=tuple(entry.get("without_groups", ())),
                python_of=tuple((version, tuple(of)) for version, of in entry.get("python_of", {}).items()),
            )
            for name, entry in table["frameworks"].items()
        ),
    )


def packages() -> tuple[Path, ...]:
    """Return the folder of every package of the workspace, the core first."""
    return (ROOT / "shared_auth", *(path.parent for path in sorted(ROOT.glob("packages/*/pyproject.toml"))))


def needed_by(*wanted: Path) -> tuple[Path, ...]:
    """Return ``wanted`` and the packages of this workspace that they depend on, the core first."""
    by_name = {distribution(package): package for package in packages()}
    found: set[Path] = set()
    waiting = list(wanted)
    while waiting:
        package = waiting.pop()
        if package not in found:
            found.add(package)
            names = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in _project(package).get("dependencies", ())]
            waiting += [by_name[name] for name in names if name in by_name]
    return tuple(package for package in packages() if package in found)


def distribution(package: Path) -> str:
    """Return the name a package is installed by."""
    return str(_project(package)["name"])


def extras(package: Path) -> tuple[str, ...]:
    """Return the names of a package's extras."""
    return tuple(_project(package).get("optional-dependencies", ()))


def _project(package: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project
