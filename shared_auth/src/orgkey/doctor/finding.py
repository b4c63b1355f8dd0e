"""What a check is and what it finds: plain records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from orgkey.causes import Diagnosis
    from orgkey.doctor.examination import Examination

__all__ = ["Check", "Finding", "Result", "Status", "failed", "not_run", "ok", "warning"]


class Status(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: ``why`` in one sentence, ``evidence`` as facts, the diagnosis where something is broken."""

    status: Status
    why: str
    evidence: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One link of the chain. ``run`` returns what it finds, or raises an error that says what is broken."""

    name: str
    title: str
    run: Callable[[Examination], Finding]


@dataclass(frozen=True, slots=True)
class Result:
    """One check, what it found, and how many seconds it took."""

    name: str
    title: str
    finding: Finding
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON-ready data."""
        found = self.finding
        data: dict[str, Any] = {
            "check": self.name,
            "status": found.status.value,
            "why": found.why,
            "seconds": round(self.seconds, 3),
            "evidence": list(found.evidence),
        }
        return data | ({"diagnosis": found.diagnosis.as_dict()} if found.diagnosis else {})


def ok(why: str, *evidence: str) -> Finding:
    """All is well."""
    return Finding(Status.OK, why, evidence)


def warning(why: str, *evidence: str) -> Finding:
    """It works, and somebody should look at it."""
    return Finding(Status.WARNING, why, evidence)


def not_run(why: str) -> Finding:
    """There was nothing to check, or no way to."""
    return Finding(Status.NOT_RUN, why)


def failed(diagnosis: Diagnosis, *evidence: str) -> Finding:
    """It is broken, and this is why."""
    return Finding(Status.FAILED, diagnosis.cause.title, (*diagnosis.evidence, *evidence), diagnosis)
