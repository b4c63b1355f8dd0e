"""docs/causes.md is what the catalogue says, whole."""

from __future__ import annotations

import re

from causes_page import PAGE, anchor, page

from orgkey.diagnosis import causes, explain


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "the catalogue changed: run python tools/causes_page.py"


def test_every_cause_has_one_anchor_and_every_link_leads_to_one() -> None:
    text = PAGE.read_text(encoding="utf-8")
    headings = [heading.lower() for heading in re.findall(r"(?m)^## (\w+)$", text)]
    assert headings == [anchor(cause) for cause in causes()]
    assert len(set(headings)) == len(headings)
    assert set(re.findall(r"\]\(#(\w+)\)", text)) == set(headings)


def test_a_diagnosis_says_where_on_the_page_it_stands() -> None:
    found = explain("invalid_grant: user hasn't approved this consumer")
    assert found.as_dict()["cause"]["page"] == "docs/causes.md#user_not_approved"
