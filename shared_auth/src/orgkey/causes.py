"""What a failure means: causes and diagnoses as plain records."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

__all__ = ["Cause", "Diagnosis", "Permanence", "Who"]


class Permanence(StrEnum):
    """Whether trying again can help."""

    PERMANENT = "permanent"  # until somebody changes something
    TRANSIENT = "transient"  # it passes by itself


class Who(StrEnum):
    """Who can end the failure."""

    ADMIN = "admin"  # the Salesforce administrator of the org
    DEPLOYER = "deployer"  # whoever sets this program's environment
    DEVELOPER = "developer"  # whoever writes this program
    SALESFORCE = "salesforce"  # wait, or open a case
    NOBODY = "nobody"  # it passes by itself


@dataclass(frozen=True, slots=True)
class Cause:
    """One row of the catalogue.

    ``id`` is stable and in capitals (``USER_NOT_APPROVED``). ``remedy`` is a sequence of steps, each one sentence.
    ``source`` names the public page or thread, ``confidence`` how sure it is: ``official`` (Salesforce says so),
    ``observed`` (seen by client libraries or in bug reports) or ``inferred``.
    """

    id: str
    title: str
    permanence: Permanence
    who: Who
    explanation: str
    remedy: tuple[str, ...]
    source: str
    confidence: str

    @property
    def permanent(self) -> bool:
        """True where no retry helps until somebody acts."""
        return self.permanence is Permanence.PERMANENT

    @property
    def page(self) -> str:
        """Where the documentation tells of it: one anchor for each cause."""
        return f"docs/causes.md#{self.id.lower()}"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one failure most likely means.

    ``cause`` ranks first, ``alternatives`` follow in order. ``wire`` is what Salesforce said, redacted.
    ``evidence`` are facts about this very failure that are in no catalogue: the measured clock skew, the host asked.
    """

    cause: Cause
    wire: str = ""
    evidence: tuple[str, ...] = ()
    alternatives: tuple[Cause, ...] = ()

    @property
    def permanent(self) -> bool:
        """True where no retry helps until somebody acts."""
        return self.cause.permanent

    def as_dict(self) -> dict[str, Any]:
        """The diagnosis as JSON-ready data."""
        data = asdict(self)
        data["cause"]["page"] = self.cause.page
        return data

    def __str__(self) -> str:
        """The diagnosis as a few lines for a person: cause, evidence, numbered remedy."""
        lines = [f"{self.cause.title} [{self.cause.id}]", self.cause.explanation]
        lines += [f"  seen: {fact}" for fact in self.evidence]
        lines += [f"  {number}. {step}" for number, step in enumerate(self.cause.remedy, start=1)]
        if self.wire:
            lines.append(f"  Salesforce said: {self.wire}")
        return "\n".join(lines)
