"""Statements by which a program gives up."""

from __future__ import annotations

import ast
from typing import Final

__all__ = ["gives_up"]

_ENDS: Final = frozenset({"exit", "_exit", "abort", "fail", "error"})


def gives_up(node: ast.If) -> bool:
    """Whether a branch raises, or ends the program."""
    for statement in node.body:
        if isinstance(statement, ast.Raise):
            return True
        called = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(called, ast.Call) and ast.unparse(called.func).split(".")[-1] in _ENDS:
            return True
    return False
