"""What a failure means: evidence in, ranked causes with remedies out."""

from __future__ import annotations

from orgkey.diagnosis.catalogue import cause, causes
from orgkey.diagnosis.evidence import Evidence, clean
from orgkey.diagnosis.matcher import diagnose
from orgkey.diagnosis.pasted import explain

__all__ = ["Evidence", "cause", "causes", "clean", "diagnose", "explain"]
