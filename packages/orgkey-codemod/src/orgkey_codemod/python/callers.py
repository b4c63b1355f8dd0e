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
from orgkey_codemod.python.watched import watched

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.module import Module
    from orgkey_codemod.python.scopes import Binding

__all__ = ["Wanted", "wanted"]


@dataclass
class Wanted:
    """What to look for in the files that nobody has looked into closely."""

    names: set[str] = field(default_factory=set)
    """Functions and classes that take a secret, and constants that hold one."""
    homes: set[str] = field(default_factory=set)
    """What the modules are called that have, or hand on, one of these."""
    keys: set[str] = field(default_factory=set)
    """Environment variables that hold a secret."""


def wanted(tree: Tree) -> Wanted:
    """What may decide about the logins that are to be rewritten, and may be in files that name no library."""
    project = project_of(tree)
    found = Wanted()
    for verdict in verdicts_of(tree).logins:
        found.names |= watched(project, verdict.login)
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
    return found


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
