"""The test that a login stands behind: one of its own secret keeps it from running once there is none."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.reading.values import env_read, origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["guard_of"]

_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def guard_of(project: Project, module: Module, call: ast.Call, secrets: Sequence[ast.expr]) -> ast.expr | None:
    """The innermost test around a call, within its function, that asks for one of the secrets which it is given."""
    child: ast.AST = call
    here = module.parent(call)
    asked: _Secret | None = None
    while here is not None and not isinstance(here, _FUNCTIONS):
        for test in _tests(here, child):
            asked = asked or _Secret(project, module, secrets)
            if asked.is_in(test):
                return test
        child, here = here, module.parent(here)
    return None


def _tests(around: ast.AST, child: ast.AST) -> list[ast.expr]:
    """What has to hold before a part of a statement or an expression is reached."""
    if isinstance(around, ast.If | ast.IfExp | ast.While):
        return [around.test] if child is not around.test else []
    if isinstance(around, ast.BoolOp) and child in around.values:
        return around.values[: around.values.index(child)]
    return []


class _Secret:
    """What a login's secrets are called: the expressions themselves, the names that they came by, their variables."""

    def __init__(self, project: Project, module: Module, secrets: Sequence[ast.expr]) -> None:
        self._project = project
        self._module = module
        named = (each for each in secrets if not isinstance(each, ast.Constant))
        self._texts = {ast.dump(each) for each in named}
        sources = [origin(project, module, each) for each in secrets]
        self._names = {(each.scope, each.name) for source in sources for _, each in source.bindings}
        self._keys = {read.key for source in sources for _, read in source.reads}

    def is_in(self, test: ast.expr) -> bool:
        """Whether a test asks for one of them."""
        return any(self._is(node) for node in ast.walk(test) if isinstance(node, ast.expr))

    def _is(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            owner = self._module.scopes.owner.get(node)
            return owner is not None and (owner, node.id) in self._names
        if isinstance(node, ast.Constant):
            return node.value in self._keys
        if isinstance(node, ast.Call | ast.Subscript):
            read = env_read(self._project, self._module, node)
            return read is not None and read.key in self._keys
        return ast.dump(node) in self._texts
