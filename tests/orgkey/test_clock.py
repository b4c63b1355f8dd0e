"""Time comes from one module, and everything else is given it."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

import orgkey
from orgkey.clock import SYSTEM_CLOCK, SystemClock

CORE = Path(orgkey.__file__).parent
SOURCES = sorted(CORE.rglob("*.py"))
BANNED_CALLS = {"now", "utcnow", "today"}
BANNED_MODULES = {"time", "random"}


def readings_of_the_clock(source: str) -> list[str]:
    """What in ``source`` asks for the time, sleeps, or rolls dice."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [f"import {alias.name}" for alias in node.names if alias.name.partition(".")[0] in BANNED_MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in BANNED_MODULES:
            found.append(f"from {node.module} import ...")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr in BANNED_CALLS and owner.rpartition(".")[2] in {"datetime", "date", "dt"}:
                found.append(ast.unparse(node.func))
            if node.func.attr == "sleep" and owner == "asyncio":
                found.append(ast.unparse(node.func))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(CORE)))
def test_nothing_but_the_clock_reads_the_time(path: Path) -> None:
    found = readings_of_the_clock(path.read_text(encoding="utf-8"))
    assert found == (["import time"] if path == CORE / "clock.py" else [])


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from time import monotonic",
        "def f():\n    import time as t",
        "import random",
        "x = datetime.now(UTC)",
        "x = datetime.datetime.utcnow()",
        "async def f():\n    await asyncio.sleep(1)",
    ],
)
def test_a_reading_of_the_clock_would_be_seen(source: str) -> None:
    assert readings_of_the_clock(source)


def test_the_system_clock_is_this_machines() -> None:
    assert abs(SYSTEM_CLOCK.now() - time.time()) < 1
    before = SYSTEM_CLOCK.monotonic()
    SYSTEM_CLOCK.sleep(0.01)
    assert SYSTEM_CLOCK.monotonic() - before >= 0.01
    assert isinstance(SYSTEM_CLOCK, SystemClock)
