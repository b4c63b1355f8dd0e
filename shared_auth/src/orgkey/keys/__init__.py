"""Private keys: where they come from, and the Signer they become."""

from __future__ import annotations

from orgkey.keys.signer import RSASigner, Signer
from orgkey.keys.sources import is_reference, load_signer

__all__ = ["RSASigner", "Signer", "is_reference", "load_signer"]
