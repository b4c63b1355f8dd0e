"""What other files may decide about a login: who calls the function that it is in, and who reads its variables."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orgkey_codemod.model import Level
from orgkey_codemod.python.project import project_of
from orgkey_codemod.python.scopes import Kind
from orgkey_codemod.python.values import origin
from orgkey_codemod.python.verdicts import verdicts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.module import Module
    from orgkey_codemod.python.project import Project
    from orgkey_codemod.python.scopes import Binding

__all__ = ["Wanted", "wanted"]


@dataclass
class Wanted:
    """What to look for in the files that nobody has looked into closely."""

    names: set[str] = field(default_factory=set)
    """Functions and classes that take a secret, and constants that hold one or list its variable."""
    homes: set[str] = field(default_factory=set)
    """What the modules are called that have, or hand on, one of these."""
    keys: set[str] = field(default_factory=set)
    """Environment variables that hold a secret."""


def wanted(tree: Tree) -> Wanted:
    """What may decide about the logins that are to be rewritten, and may be in files that name no library."""
    project = project_of(tree)
    found = Wanted()
    for verdict in verdicts_of(tree).logins:
        found.names |= _raising(verdict.login.module, verdict.login.call)
        for role in ("password", "security_token"):
            value = verdict.login.value(role)
            if value is None or verdict.level is Level.REPORT:
                continue
            source = origin(project, verdict.login.module, value)
            found.keys |= {read.key for _, read in source.reads}
            for home, binding in source.bindings:
                _add(found, home, binding)
    for module in project.modules.values():
        if any(name in module.source.text for name in found.names):
            found.homes.add(_called(module.path))
    for module, name in _lists(project, found.keys):
        found.names.add(name)
        found.homes.add(_called(module.path))
    return found


def _raising(module: Module, call: ast.AST) -> set[str]:
    """The function around a login, where it raises: who calls it may catch that, and go on without a login."""
    function = module.scopes.scope_at(call).node
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or function.name.startswith("__"):
        return set()
    raises = any(isinstance(each, ast.Raise | ast.Assert) for each in ast.walk(function))
    return {function.name} if raises else set()


def _lists(project: Project, keys: Collection[str]) -> Iterator[tuple[Module, str]]:
    """The constants that list one of these variables: who else goes through the list may need all of it."""
    for module in project.modules.values():
        for name, bindings in (
            module.scopes.module.bindings.items() if any(key in module.source.text for key in keys) else ()
        ):
            for value in (each.value for each in bindings):
                elements = value.elts if isinstance(value, ast.List | ast.Tuple | ast.Set) else []
                if any(isinstance(each, ast.Constant) and each.value in keys for each in elements):
                    yield module, name


def _add(found: Wanted, home: Module, binding: Binding) -> None:
    function = binding.scope.node
    if binding.kind is Kind.PARAMETER and isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        around = home.parent(function)
        is_constructor = function.name == "__init__" and isinstance(around, ast.ClassDef)
        found.names.add(around.name if is_constructor else function.name)  # type: ignore[union-attr]  # a class has one
    elif binding.scope.is_module:
        found.names.add(binding.name)


def _called(path: PurePosixPath) -> str:
    """The last part of a module's name."""
    return path.parent.name if path.stem == "__init__" else path.stem
