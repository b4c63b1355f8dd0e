"""Names that still hold a password though nothing uses them: the login that did was rewritten in an earlier run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from orgkey_codemod.model import Finding, Level
from orgkey_codemod.plain.leftovers import leftovers_of
from orgkey_codemod.python.along.plumbing import plumbing_of
from orgkey_codemod.python.editing.statements import fills_its_block, has_comment, remove
from orgkey_codemod.python.judging.verdict import is_left
from orgkey_codemod.python.reading.module import is_test
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.values import is_pure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.scopes import Binding

__all__ = ["examine_idle"]


def examine_idle(tree: Tree) -> Iterator[Finding]:
    """A finding for each; a read of a variable that is not set may end the program."""
    holders = leftovers_of(tree).asked.holders
    told = {dead.node for dead in plumbing_of(tree).dead}
    for module in project_of(tree).modules.values() if holders else ():
        if module.path in tree.readonly or is_test(module) or module.path.suffix == ".ipynb":
            continue
        for scope in {module.scopes.module, *module.scopes.of_definition.values()}:
            for name, bindings in scope.bindings.items():
                if (scope, name) not in holders or scope.uses.get(name):
                    continue
                statement = bindings[0].statement
                if bindings[0].kind is Kind.ASSIGNED and isinstance(statement, ast.Assign) and statement not in told:
                    what = f"{name} holds a password that no login takes any more"
                    edits = _edits(tree, module, bindings, statement)
                    place = module.place(statement)
                    yield Finding("SFA501", Level.REVIEW, module.path, place, what, edits=edits)


def _edits(tree: Tree, module: Module, bindings: Sequence[Binding], statement: ast.Assign) -> tuple[Edit, ...]:
    """What takes the assignment away; none where more than the name would go, or less."""
    is_alone = len(bindings) == len(statement.targets) == 1 and bindings[0].value is statement.value
    if not is_alone or has_comment(module, statement) or bindings[0].name in module.scopes.declared_global:
        return ()
    if fills_its_block(module, statement) or is_left(tree, module, statement, "SFA501"):
        return ()
    return remove(module, statement).edits if is_pure(project_of(tree), module, statement.value) else ()
