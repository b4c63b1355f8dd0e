"""When a cause applies: conditions on the evidence, each of which holds, fails, or stays open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from orgkey.diagnosis.evidence import LONGEST_TEXT

if TYPE_CHECKING:
    import re

    from orgkey.diagnosis.evidence import Evidence

__all__ = ["HOST_KINDS", "Fit", "Rule"]

HOST_KINDS: Final = frozenset({"generic", "my_domain"})

# The hosts that belong to no org.
_GENERIC_LOGIN: Final = frozenset({"login.salesforce.com", "test.salesforce.com"})


class _Verdict(Enum):
    HOLDS = auto()
    FAILS = auto()
    OPEN = auto()  # the evidence says nothing about it
    UNSTATED = auto()  # the rule has no such condition


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a rule fits: whether it is sure, how many conditions stay open, and its rank."""

    sure: bool
    open: int
    rank: int

    @property
    def order(self) -> tuple[bool, int, int]:
        """Sorts the best fit first; among mere possibilities only the rank counts."""
        return (not self.sure, self.open if self.sure else 0, -self.rank)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to recognise a cause. An empty condition is none; the others must hold together.

    Attributes
    ----------
    cause_id:
        The cause that it speaks for.
    rank:
        Decides between rules that fit equally well; the higher one wins.
    surfaces, errors, grants:
        The evidence must name a member. Error codes are compared without their case.
    description, status:
        Searched in the ``error_description``; matched with the whole HTTP status.
    host:
        One of :data:`HOST_KINDS`; ``generic`` are the two that belong to no org.
    token_format:
        ``opaque`` or ``jwt``.
    min_clock_skew:
        Seconds by which the clocks must differ, in either direction.

    """

    cause_id: str
    rank: int = 0
    surfaces: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()
    description: re.Pattern[str] | None = None
    status: re.Pattern[str] | None = None
    host: str = ""
    token_format: str = ""
    min_clock_skew: float | None = None

    def fit(self, evidence: Evidence) -> Fit | None:
        """How well the rule fits; None where a condition fails, or nothing on the wire speaks for it.

        It is sure where the most telling of its conditions on the wire holds: the description, else the error, else
        the status. What it says about the context (grant, host, clock) may stay open.
        """
        wire = _stated(
            _searched(self.description, evidence.error_description),
            _member(self.errors, evidence.error.lower()),
            _matched(self.status, evidence.status),
        )
        context = _stated(
            _member(self.surfaces, evidence.surface),
            _member(self.grants, evidence.grant),
            _equal(self.host, _host_kind(evidence.login_host)),
            _equal(self.token_format, evidence.token_format),
            _reached(self.min_clock_skew, evidence.clock_skew),
        )
        if _Verdict.FAILS in wire + context or _Verdict.HOLDS not in wire:
            return None
        return Fit(
            sure=wire[0] is _Verdict.HOLDS,
            open=(wire + context).count(_Verdict.OPEN),
            rank=self.rank,
        )


def _stated(*verdicts: _Verdict) -> list[_Verdict]:
    return [verdict for verdict in verdicts if verdict is not _Verdict.UNSTATED]


def _judge(*, stated: bool, known: bool, holds: bool) -> _Verdict:
    if not stated:
        return _Verdict.UNSTATED
    if not known:
        return _Verdict.OPEN
    return _Verdict.HOLDS if holds else _Verdict.FAILS


def _member(wanted: frozenset[str], seen: str) -> _Verdict:
    return _judge(stated=bool(wanted), known=bool(seen), holds=seen in wanted)


def _equal(wanted: str, seen: str) -> _Verdict:
    return _judge(stated=bool(wanted), known=bool(seen), holds=seen == wanted)


def _searched(wanted: re.Pattern[str] | None, seen: str) -> _Verdict:
    return _judge(
        stated=wanted is not None, known=bool(seen), holds=bool(wanted and wanted.search(seen, 0, LONGEST_TEXT))
    )


def _matched(wanted: re.Pattern[str] | None, seen: int) -> _Verdict:
    return _judge(stated=wanted is not None, known=seen > 0, holds=bool(wanted and wanted.fullmatch(str(seen))))


def _reached(least: float | None, skew: float | None) -> _Verdict:
    return _judge(stated=least is not None, known=skew is not None, holds=abs(skew or 0.0) > (least or 0.0))


def _host_kind(host: str) -> str:
    if not host:
        return ""
    return "generic" if host.lower() in _GENERIC_LOGIN else "my_domain"
