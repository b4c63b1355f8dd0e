"""The catalogue: every rule, in the order in which they have to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.rules import in_python, in_text

if TYPE_CHECKING:
    from orgkey_codemod.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (*in_python.RULES, *in_text.RULES)
"""Rules for Python code run first: the others ask which keys and libraries the code needs, and needs no longer."""
