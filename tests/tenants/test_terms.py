"""The tenants' words for the core's settings: each is for something that the core says."""

from __future__ import annotations

from pathlib import Path

import pytest

import orgkey
from orgkey_tenants import terms

CORE = Path(orgkey.__file__).parent
SAID = "\n".join(path.read_text() for kind in ("*.py", "*.toml") for path in sorted(CORE.rglob(kind)))
RENAMED = {*terms.CONSENT, *terms.ENROLMENT, *terms._names("acme", "jwt_bearer")}


@pytest.mark.parametrize("words", sorted(RENAMED))
def test_what_is_renamed_is_what_the_core_says(words):
    # Where it words a text anew, a tenant would silently be told of settings that it does not have.
    assert words in SAID
