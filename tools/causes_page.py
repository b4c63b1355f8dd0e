"""Writes docs/causes.md from the catalogue of causes: ``python tools/causes_page.py``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orgkey.diagnosis import causes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey.causes import Cause

PAGE = Path(__file__).resolve().parent.parent / "docs" / "causes.md"

HEAD = """\
# Causes

Everything that orgkey names as the cause of a failure, from its catalogue
(`shared_auth/src/orgkey/diagnosis/catalogue.toml`; this page is made from it by `python tools/causes_page.py`).
`orgkey explain` finds the cause of an error that somebody saw, `orgkey doctor` that of a login that does not work.

Sources are public pages and threads; nothing was checked against a live org. How sure a row is: *official* (Salesforce
says so), *observed* (client libraries and bug reports), *inferred*.
"""


def page() -> str:
    """The whole page."""
    index = "\n".join(f"- [{cause.id}](#{anchor(cause)}): {cause.title}" for cause in causes())
    return "\n".join([HEAD, index, "", *(line for cause in causes() for line in _section(cause))])


def anchor(cause: Cause) -> str:
    """The anchor that the heading of ``cause`` gets."""
    return cause.id.lower()


def _section(cause: Cause) -> Iterator[str]:
    lasting = "lasts until somebody acts" if cause.permanent else "passes by itself"
    yield f"## {cause.id}"
    yield ""
    yield f"**{cause.title}.** {cause.explanation}"
    yield ""
    yield from (f"{number}. {step}" for number, step in enumerate(cause.remedy, start=1))
    yield ""
    yield f"Who can end it: {cause.who.value}; it {lasting}. Source: {cause.source} ({cause.confidence})."
    yield ""


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE}: {len(causes())} causes")
