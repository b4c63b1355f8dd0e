"""The packages go together: one version, one licence, one way to be built."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import matrix
import pytest

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = {matrix.distribution(package): package for package in matrix.packages()}
EVERY_PACKAGE = pytest.mark.parametrize("name", PACKAGES)


def project(name: str) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((PACKAGES[name] / "pyproject.toml").read_text())["project"]
    return table


def module(name: str) -> Path:
    return PACKAGES[name] / "src" / name.replace("-", "_")


VERSION = project("orgkey")["version"]


@EVERY_PACKAGE
def test_versions_move_in_lockstep(name: str) -> None:
    assert project(name)["version"] == VERSION
    said = re.findall(r'^__version__ = "(.*)"$', (module(name) / "__init__.py").read_text(), re.MULTILINE)
    assert said in ([], [VERSION])


@EVERY_PACKAGE
def test_packages_pin_each_other_to_the_same_version(name: str) -> None:
    extras = project(name).get("optional-dependencies", {}).values()
    requirements = [*project(name)["dependencies"], *(line for lines in extras for line in lines)]
    ours = [line for line in requirements if re.match(r"[\w-]+", line)[0] in PACKAGES]  # type: ignore[index]
    assert [line for line in ours if not line.endswith(f"=={VERSION}")] == []


@EVERY_PACKAGE
def test_every_package_ships_licence_readme_and_types(name: str) -> None:
    assert (PACKAGES[name] / "LICENSE").read_bytes() == (matrix.ROOT / "LICENSE").read_bytes()
    assert (PACKAGES[name] / project(name)["readme"]).stat().st_size
    assert (module(name) / "py.typed").exists()


@EVERY_PACKAGE
def test_the_floor_of_python_is_the_matrix_s(name: str) -> None:
    assert project(name)["requires-python"] == f">={matrix.read().pythons[0]}"


@EVERY_PACKAGE
def test_no_file_lies_in_anothers_import_path(name: str) -> None:
    """Such as llama_index/tools/salesforce: one of the two would overwrite the other on install."""
    assert [each.name for each in (PACKAGES[name] / "src").iterdir() if not each.name.startswith("orgkey")] == []
