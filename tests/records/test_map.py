"""The map of orgkey-records in ARCHITECTURE.md, held against the code: arrows run down only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import orgkey_records

SOURCES = Path(orgkey_records.__file__).parent
FLOORS = (
    {"errors"},
    {"names", "caps", "literals", "rows", "turns", "descriptions"},
    {"inputs", "wire", "guard", "reach", "watermark"},
    {"answers", "pools"},
    {"operations", "drivers"},
    {"records"},
    {"extract"},
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS, start=1) for room in rooms}


def imported(node):
    """What a module uses when it runs; what it only names in annotations is no arrow."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("orgkey_records."):
        yield node.module.split(".")[1]
    elif isinstance(node, ast.ImportFrom) and node.module == "orgkey_records":
        yield from (alias.name for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from imported(child)


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.py")), ids=lambda path: path.stem)
def test_a_room_uses_only_floors_below_it(path):
    if path.stem == "__init__":
        return
    for other in imported(ast.parse(path.read_text(encoding="utf-8"))):
        assert FLOOR_OF[other] < FLOOR_OF[path.stem], f"{path.stem} reaches up or across to {other}"


def test_the_map_has_every_room():
    drawn = (Path(__file__).resolve().parents[2] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert {path.stem for path in SOURCES.glob("*.py")} - {"__init__"} == FLOOR_OF.keys()
    assert [room for room in FLOOR_OF if room not in drawn] == []
