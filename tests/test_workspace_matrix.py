"""compat.toml and constraints/ say the same, and name no place that packages come from."""

from __future__ import annotations

import re
import tomllib

import matrix
import pytest

MATRIX = matrix.read()
ROWS = {row.name: row for framework in MATRIX.frameworks for row in framework.rows}
FILES = sorted(matrix.CONSTRAINTS.glob("*.txt"))
PIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*==[0-9][0-9a-z.+!]*( ; .+)?")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_constraints_are_plain_pins(path: object) -> None:
    lines = path.read_text().splitlines()  # type: ignore[attr-defined]
    assert lines
    assert [line for line in lines if not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("name", ROWS)
def test_every_row_has_constraints_that_hold_its_pin(name: str) -> None:
    assert ROWS[name].requirement in ROWS[name].constraints.read_text().splitlines()


def test_no_constraints_are_left_of_rows_that_are_gone() -> None:
    assert {path.stem for path in FILES} == {"dev", *ROWS}


@pytest.mark.parametrize("framework", MATRIX.frameworks, ids=lambda framework: framework.name)
def test_the_oldest_row_is_the_floor_that_the_package_declares(framework: matrix.Framework) -> None:
    path = matrix.ROOT / framework.package / "pyproject.toml"
    dependencies = tomllib.loads(path.read_text())["project"]["dependencies"]
    (declared,) = [line for line in dependencies if re.match(rf"{framework.name}\b(?!-)", line)]
    (floor,) = re.findall(r">=([\d.]+)", declared)
    oldest = framework.versions[0]
    assert oldest == floor or oldest.startswith(f"{floor}.")


@pytest.mark.parametrize("framework", MATRIX.frameworks, ids=lambda framework: framework.name)
def test_the_newest_row_is_what_the_other_sessions_use(framework: matrix.Framework) -> None:
    assert f"{framework.name}=={framework.versions[-1]}" in matrix.DEV_CONSTRAINTS.read_text().splitlines()


@pytest.mark.parametrize("framework", MATRIX.frameworks, ids=lambda framework: framework.name)
def test_rows_are_oldest_first_on_known_pythons_with_tests_that_exist(framework: matrix.Framework) -> None:
    numbers = [[int(part) for part in version.split(".")] for version in framework.versions]
    assert numbers == sorted(numbers)
    assert set(framework.python) <= set(MATRIX.pythons)
    tests = (*framework.tests, *framework.quick)
    assert [path for path in tests if not (matrix.ROOT / path).exists()] == []
