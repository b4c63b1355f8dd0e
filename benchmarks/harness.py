"""Paired measurement: alternating rounds, medians with their intervals, and a verdict that noise cannot buy."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from math import comb, inf
from operator import eq, ge, le, lt
from statistics import median
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "FULL",
    "QUICK",
    "Effort",
    "Goal",
    "Row",
    "Samples",
    "Verdict",
    "alternate",
    "difference",
    "ratio",
    "run_python",
    "seconds",
]

Samples = tuple[float, ...]

_CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured. Times in seconds."""

    rounds: int = 15
    timed_rounds: int = 25  # short rounds, of which more are affordable
    hammering: float = 5.0
    sessions: int = 10_000


FULL: Final = Effort()
# For a look; too few rounds to claim anything.
QUICK: Final = Effort(rounds=3, timed_rounds=5, hammering=1.0, sessions=600)


class Verdict(StrEnum):
    """What may be claimed."""

    MET = "met"
    NOT_DISTINGUISHABLE = "not distinguishable"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure to reach."""

    sign: Literal["≤", "≥", "<", "="]
    limit: float

    def holds(self, value: float) -> bool:
        """Whether ``value`` reaches it."""
        return _COMPARE[self.sign](value, self.limit)


_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {"≤": le, "≥": ge, "<": lt, "=": eq}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what one case measured, a sample a round.

    Attributes
    ----------
    figure:
        What is measured, as a heading.
    case:
        Who was measured.
    unit:
        Unit of the samples; none for counts.
    goal:
        What the figure should reach; None for a peer, which is there to be compared with.

    """

    figure: str
    case: str
    unit: str
    samples: Samples
    goal: Goal | None = None

    @property
    def is_count(self) -> bool:
        """A count is not noisy: its interval is all that was seen, and every round must reach the goal."""
        return not self.unit

    @property
    def value(self) -> float:
        """The median of all rounds."""
        return median(self.samples)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the median lies with at least 95 % confidence; for counts, all that was seen."""
        ranked = sorted(self.samples)
        skipped = 0 if self.is_count else _ranks_outside(len(ranked))
        return ranked[skipped], ranked[-1 - skipped]

    @property
    def verdict(self) -> Verdict | None:
        """Met only where the whole interval reaches the goal; None without a goal."""
        if self.goal is None:
            return None
        reached = [self.goal.holds(end) for end in self.interval]
        if all(reached):
            return Verdict.MET
        return Verdict.NOT_DISTINGUISHABLE if any(reached) and not self.is_count else Verdict.MISSED


def _ranks_outside(size: int) -> int:
    """How many samples at each end an order-statistic interval of the median leaves out.

    Distribution-free: the median lies below the k-th smallest of ``size`` samples with the probability of fewer than k
    heads in ``size`` tosses. Too few samples for the confidence leave none out.
    """
    tail, skipped = 0.0, 0
    while skipped < size // 2:
        tail += comb(size, skipped) / 2**size
        if 2 * tail > 1 - _CONFIDENCE:
            break
        skipped += 1
    return max(skipped - 1, 0) if size else 0


def alternate(cases: Mapping[str, Callable[[], float]], rounds: int, takes: int = 1) -> dict[str, Samples]:
    """One sample of every case a round, so that what disturbs a round disturbs all cases.

    A sample is the least of ``takes``, which alternate as well: for timings, where the shortest is the one that the
    rest of the machine disturbed least.
    """
    rows = [_round(cases, number * takes, takes) for number in range(rounds)]
    return {name: tuple(row[name] for row in rows) for name in cases}


def _round(cases: Mapping[str, Callable[[], float]], first: int, takes: int) -> dict[str, float]:
    least = dict.fromkeys(cases, inf)
    for turn in range(first, first + takes):
        for name in _order(list(cases), turn):
            least[name] = min(least[name], cases[name]())
    return least


def _order(names: list[str], turn: int) -> list[str]:
    """The order of turn ``turn``: nobody is always first, or always after the same neighbour."""
    start = turn % len(names)
    order = names[start:] + names[:start]
    return order if turn % 2 else order[::-1]


def difference(one: Sequence[float], other: Sequence[float]) -> Samples:
    """``one`` minus ``other``, round by round."""
    return tuple(a - b for a, b in zip(one, other, strict=True))


def ratio(one: Sequence[float], other: Sequence[float]) -> Samples:
    """``one`` by ``other``, round by round."""
    return tuple(a / b for a, b in zip(one, other, strict=True))


def run_python(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """What another interpreter prints. It keeps bytecode, as an installed program does, whatever is usual here."""
    variables = {**(os.environ if environment is None else environment)}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=True).stdout  # noqa: S603  # ours


def seconds(batch: Callable[[], object]) -> float:
    """CPU time that ``batch`` takes in this thread: of what else runs on the machine, only the caches' loss counts.

    The garbage collector waits meanwhile, as in timeit.
    """
    gc.disable()
    try:
        started = time.thread_time()
        batch()
        return time.thread_time() - started
    finally:
        gc.enable()
