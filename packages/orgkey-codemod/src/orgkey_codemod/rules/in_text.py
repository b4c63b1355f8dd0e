"""The rules that read files other than Python code, in the order in which they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.rules import sfa203, sfa601, sfa901_text, sfa902

if TYPE_CHECKING:
    from orgkey_codemod.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (sfa203.RULE, sfa601.RULE, sfa901_text.RULE, sfa902.RULE)
