"""Every command of a migration guide runs, and prints what the guide says it prints."""

from __future__ import annotations

import re
from pathlib import Path

import guides
import pytest

PAGES = sorted(guides.GUIDES.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_print_what_the_guide_says(page: Path) -> None:
    assert guides.anew(page) == page.read_text(encoding="utf-8"), "run: python tools/guides.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target
