"""The rules that read files other than Python code, in the order in which they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.rules import (
    sfa203,
    sfa302_text,
    sfa403_text,
    sfa601,
    sfa602,
    sfa702,
    sfa901_text,
    sfa902,
    sfa_unparsed,
)

if TYPE_CHECKING:
    from orgkey_codemod.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    sfa203.RULE,
    sfa302_text.RULE,
    sfa403_text.RULE,
    sfa601.RULE,
    sfa602.RULE,
    sfa702.RULE,
    sfa901_text.RULE,
    sfa902.RULE,
    sfa_unparsed.RULE,
)
