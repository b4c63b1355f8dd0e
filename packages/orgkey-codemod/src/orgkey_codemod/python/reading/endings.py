"""Blocks that say what is missing and give up: nothing but words is lost with them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.reading.values import called_name, is_pure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = [
    "ends_with_an_error",
    "gives_up",
    "is_answered",
    "only_speaks",
    "only_speaks_and_gives_up",
    "speaks",
]

_ENDS: Final = frozenset({"exit", "_exit", "abort", "fail", "error", "quit"})
_TALK: Final = frozenset(
    {"print", "debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "echo", "secho"}
    | {"print_help", "print_usage"}
)
_PARSER: Final = re.compile(r"(\w*pars\w*|ap|p)\.error\(", re.IGNORECASE)
"""``error`` of argparse ends the program, that of a logger does not."""
_STATUSES: Final = frozenset({"exit", "_exit", "quit", "SystemExit", "Exit"})
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

    An end with the status 0 (or none), or by an exception that skips, is no error: the variable was the switch of a
    job, and whoever left it out wanted the job to do nothing.
    """
    return all(_is_word_or_end(project, module, each) for each in block)


def ends_with_an_error(project: Project, module: Module, block: Sequence[ast.stmt]) -> bool:
    """Whether a block ends what is under way with an error, or does nothing but speak."""
    if only_speaks(block):
        return True
    last = block[-1]
    is_word = isinstance(last, ast.Expr) and speaks(last.value) and not _PARSER.match(ast.unparse(last.value))
    return not is_word and (_ends(last) or isinstance(last, ast.Return)) and _is_word_or_end(project, module, last)


def is_answered(project: Project, module: Module, check: ast.stmt) -> bool:
    """Whether the end by a check is caught, in its function or around a call of that, and something is done then."""
    function = module.scopes.scope_at(check).node
    name = function.name if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else None
    return any(
        _is_around(block, check, name) and any(_answers(project, home, check, handler) for handler in block.handlers)
        for home in project.modules.values()
        for block in (home.every(ast.Try) if home is module or (name is not None and name in home.source.text) else ())
    )


def _is_around(block: ast.Try, check: ast.stmt, name: str | None) -> bool:
    inside = [node for statement in block.body for node in ast.walk(statement)]
    return check in inside or any(isinstance(each, ast.Call) and called_name(each) == name for each in inside)


def _answers(project: Project, module: Module, check: ast.stmt, handler: ast.ExceptHandler) -> bool:
    caught = ast.unparse(handler.type) if handler.type is not None else "SystemExit"
    raises = isinstance(check, ast.Assert) or any(isinstance(each, ast.Raise) for each in ast.walk(check))
    if not raises and not re.search(r"SystemExit|BaseException", caught):
        return False
    return not only_speaks_and_gives_up(project, module, handler.body)


def speaks(node: ast.expr) -> bool:
    """Whether an expression is a word to a person or to a log."""
    if isinstance(node, ast.Constant):
        return True
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr == "write":
        return ast.unparse(node.func.value).split(".")[-1] in {"stderr", "stdout"}
    return called_name(node) in _TALK


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
        return ending is None or not (_WELL.search(ast.unparse(ending)) or _called(ending) in _STATUSES)
    if isinstance(statement, ast.Raise) and not _called(ending.func)[:1].isupper():
        return False  # a function that makes the exception, as a task's `retry` does
    given = [*ending.args, *(word.value for word in ending.keywords)]
    if _called(ending.func) in _STATUSES and not _is_error(project, module, given):
        return False
    is_well = isinstance(statement, ast.Raise) and _WELL.search(ast.unparse(ending.func)) is not None
    return not is_well and all(is_pure(project, module, each) for each in given)


def _called(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_error(project: Project, module: Module, given: Sequence[ast.expr]) -> bool:
    """Whether what a program ends with is no status 0, which is also that of an end without anything."""
    values = [value for each in given for value in project.values_of(module, each)]
    return bool(given) and all(
        bool(value.value) if isinstance(value, ast.Constant) else not ast.unparse(value).endswith("EX_OK")
        for value in values
    )
