"""What the one import line of the simple-salesforce drop-in costs, beside simple-salesforce's own."""

from __future__ import annotations

from functools import partial
from typing import Final

from harness import Effort, Goal, Row, alternate, ratio, run_python

__all__ = ["TITLE", "measure"]

TITLE: Final = "Import time of the simple-salesforce drop-in"

_OURS: Final = "from orgkey_simple_salesforce import Salesforce"
_THEIRS: Final = "from simple_salesforce import Salesforce"
_TAKES: Final = 3
_PROGRAM: Final = """\
import time
started = time.perf_counter()
{statement}
print(time.perf_counter() - started)
"""


def measure(effort: Effort) -> list[Row]:
    """Milliseconds in the importing process itself, without the interpreter's start."""
    samples = alternate({name: partial(_milliseconds, name) for name in (_OURS, _THEIRS)}, effort.rounds, _TAKES)
    return [
        Row("by simple-salesforce", _OURS, "x", ratio(samples[_OURS], samples[_THEIRS]), Goal("≤", 1.05)),
        *(Row("alone", name, "ms", samples[name]) for name in (_OURS, _THEIRS)),
    ]


def _milliseconds(statement: str) -> float:
    return float(run_python("-c", _PROGRAM.format(statement=statement))) * 1e3
