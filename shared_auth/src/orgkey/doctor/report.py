"""The whole examination as one record: what a command prints, and what is attached to a ticket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orgkey.doctor import org_side
from orgkey.doctor.finding import Status
from orgkey.secrets import redact

if TYPE_CHECKING:
    from orgkey.causes import Diagnosis
    from orgkey.doctor.finding import Result

__all__ = ["Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """The results in order, and when the examination began (seconds since the epoch)."""

    profile: str | None
    began: float
    results: tuple[Result, ...]

    @property
    def broken(self) -> Result | None:
        """The first link that breaks; None where the chain holds."""
        return next((result for result in self.results if result.finding.status is Status.FAILED), None)

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The cause of that; where the org's own evidence says it more exactly, that one."""
        if self.broken is None:
            return None
        told = (each.finding.diagnosis for each in self.results if each.name == org_side.NAME)
        return next((diagnosis for diagnosis in told if diagnosis), self.broken.finding.diagnosis)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {
            "profile": self.profile,
            "began": datetime.fromtimestamp(self.began, UTC).isoformat(timespec="seconds"),
            "healthy": self.broken is None,
            "cause": self.diagnosis.cause.id if self.diagnosis else None,
            "broken": self.broken.name if self.broken else None,
            "checks": [result.as_dict() for result in self.results],
        }

    def text(self) -> str:
        """The report as a file's text: JSON, redacted once more as a whole."""
        return redact(json.dumps(self.as_dict(), indent=2, default=str)) + "\n"
