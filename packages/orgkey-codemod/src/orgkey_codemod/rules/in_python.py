"""The rules that read Python code, in the order in which they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orgkey_codemod.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = ()
