"""Blocks that say what is missing and give up: nothing but words is lost with them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.values import is_pure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgkey_codemod.python.module import Module
    from orgkey_codemod.python.project import Project

__all__ = ["called_name", "ends_with_an_error", "gives_up", "only_speaks", "only_speaks_and_gives_up", "speaks"]

_ENDS: Final = frozenset({"exit", "_exit", "abort", "fail", "error", "quit"})
_TALK: Final = frozenset(
    {"print", "debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "echo", "secho"}
    | {"print_help", "print_usage"}
)
_PARSER: Final = re.compile(r"(\w*pars\w*|ap|p)\.error\(", re.IGNORECASE)
"""``error`` of argparse ends the program, that of a logger does not."""
_WELL: Final = re.compile(r"skip|ignore|notused|stopiteration", re.IGNORECASE)
"""Exceptions by which a program says that there is nothing to do."""


def gives_up(node: ast.If) -> bool:
    """Whether a branch raises, or ends the program."""
    return any(_ends(statement) for statement in node.body)


def only_speaks(block: Sequence[ast.stmt]) -> bool:
    """Whether a block says something, if anything."""
    return all(isinstance(each, ast.Pass) or (isinstance(each, ast.Expr) and speaks(each.value)) for each in block)


def only_speaks_and_gives_up(project: Project, module: Module, block: Sequence[ast.stmt]) -> bool:
    """Whether all that a block does is to say something and to end with an error.

    An end with the status 0, or by an exception that skips, is no error: the variable was the switch of a job, and
    whoever left it out wanted the job to do nothing.
    """
    return all(_is_word_or_end(project, module, each) for each in block)


def ends_with_an_error(project: Project, module: Module, block: Sequence[ast.stmt]) -> bool:
    """Whether a block ends what is under way with an error, or does nothing but speak."""
    if only_speaks(block):
        return True
    last = block[-1]
    is_word = isinstance(last, ast.Expr) and speaks(last.value) and not _PARSER.match(ast.unparse(last.value))
    return not is_word and (_ends(last) or isinstance(last, ast.Return)) and _is_word_or_end(project, module, last)


def speaks(node: ast.expr) -> bool:
    """Whether an expression is a word to a person or to a log."""
    if isinstance(node, ast.Constant):
        return True
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr == "write":
        return ast.unparse(node.func.value).split(".")[-1] in {"stderr", "stdout"}
    return called_name(node) in _TALK


def called_name(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _ends(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        return True
    called = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(called, ast.Call) and called_name(called) in _ENDS


def _is_word_or_end(project: Project, module: Module, statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Raise):
        ending = statement.exc
    elif isinstance(statement, ast.Expr) and (speaks(statement.value) or _ends(statement)):
        ending = statement.value
    else:
        return isinstance(statement, ast.Pass)
    if not isinstance(ending, ast.Call):
        return ending is None or _WELL.search(ast.unparse(ending)) is None
    given = [*ending.args, *(word.value for word in ending.keywords)]
    ends_well = len(given) == 1 and isinstance(given[0], ast.Constant) and given[0].value == 0
    ends_well = ends_well or ast.unparse(given[0] if given else ending).endswith("EX_OK")
    ends_well = ends_well or (isinstance(statement, ast.Raise) and _WELL.search(ast.unparse(ending.func)) is not None)
    return not ends_well and all(is_pure(project, module, each) for each in given)
