"""The rules that read Python code, in the order in which they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.rules import (
    sfa101,
    sfa102,
    sfa103,
    sfa104,
    sfa105,
    sfa106,
    sfa107,
    sfa108,
    sfa109,
    sfa201,
    sfa202,
    sfa301,
    sfa302,
    sfa401,
    sfa402,
    sfa403,
    sfa501,
    sfa502,
    sfa503,
    sfa701,
    sfa801,
    sfa901_python,
)

if TYPE_CHECKING:
    from orgkey_codemod.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    sfa101.RULE,
    sfa102.RULE,
    sfa103.RULE,
    sfa104.RULE,
    sfa105.RULE,
    sfa106.RULE,
    sfa107.RULE,
    sfa108.RULE,
    sfa109.RULE,
    sfa201.RULE,
    sfa202.RULE,
    sfa301.RULE,
    sfa302.RULE,
    sfa401.RULE,
    sfa402.RULE,
    sfa403.RULE,
    sfa501.RULE,
    sfa502.RULE,
    sfa503.RULE,
    sfa701.RULE,
    sfa801.RULE,
    sfa901_python.RULE,
)
