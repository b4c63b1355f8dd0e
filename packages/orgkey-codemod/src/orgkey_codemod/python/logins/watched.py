"""Names by which files far from a login decide about its checks: who catches their end, who goes through their list."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from orgkey_codemod.python.libraries import PASSWORDS
from orgkey_codemod.python.reading.values import origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.python.logins.calls import Login
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["watched"]


def watched(project: Project, login: Login) -> set[str]:
    """The function around a login, where it raises, and the constants that list one of its variables."""
    return {*_raising(login.module, login.call), *_lists(project, login)}


def _raising(module: Module, call: ast.AST) -> Iterator[str]:
    """Who calls a function that raises may catch that, and go on without a login."""
    function = module.scopes.scope_at(call).node
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or function.name.startswith("__"):
        return
    if any(isinstance(each, ast.Raise | ast.Assert) for each in ast.walk(function)):
        yield function.name


def _lists(project: Project, login: Login) -> Iterator[str]:
    """Who else goes through a list of variables may need all of it."""
    values = [login.value(role) for role in PASSWORDS]
    sources = [origin(project, login.module, value) for value in values if value is not None]
    keys = {read.key for source in sources for _, read in source.reads}
    for module in project.modules.values():
        if not any(key in module.source.text for key in keys):
            continue
        for name, bindings in module.scopes.module.bindings.items():
            lists = [each.value for each in bindings if isinstance(each.value, ast.List | ast.Tuple | ast.Set)]
            elements = [element for each in lists for element in each.elts]
            if any(isinstance(each, ast.Constant) and each.value in keys for each in elements):
                yield name
