"""Parameters that nothing uses any more: they go with their options and their arguments in every call, or stay."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from orgkey_codemod.python.editing import signatures
from orgkey_codemod.python.judging.verdict import is_left
from orgkey_codemod.python.reading.fields import option_names
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.values import is_pure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.editing.signatures import Change
    from orgkey_codemod.python.reading.module import Module

    Function = ast.FunctionDef | ast.AsyncFunctionDef

__all__ = ["options_of", "without"]


def options_of(function: Function, names: Sequence[str]) -> list[ast.Call]:
    """The decorators that fill some parameters from the command line."""
    decorators = (each for each in function.decorator_list if isinstance(each, ast.Call))
    return [each for each in decorators if not option_names(each).isdisjoint(names)]


def without(tree: Tree, module: Module, function: Function, names: Sequence[str]) -> Change | None:
    """What takes parameters away; None where a use cannot be followed, or a call may not lose what it gives."""
    options = options_of(function, names)
    change = signatures.without_parameters(project_of(tree), module, function, names, options)
    return change if change is not None and all(_may_go(tree, *each) for each in change.arguments) else None


def _may_go(tree: Tree, module: Module, argument: ast.expr) -> bool:
    """Whether a call may lose an argument: nothing happens while it is worked out, and the call may be edited."""
    is_kept = module.path in tree.readonly or is_left(tree, module, module.statement(argument), "SFA502")
    return not is_kept and is_pure(project_of(tree), module, argument)
