"""What other files may decide about a login: who calls the function that it is in, and who reads its variables."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orgkey_codemod.model import Level
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.python.libraries import PASSWORDS
from orgkey_codemod.python.logins.watched import watched
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.uses import called
from orgkey_codemod.python.reading.values import origin

if TYPE_CHECKING:
    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.scopes import Binding

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
    imports: set[str] = field(default_factory=set)
    """Imported names that may go with a secret, as ``environ`` may; so common that only a use by its home counts."""


def wanted(tree: Tree) -> Wanted:
    """What may decide about the logins that are to be rewritten, and may be in files that name no library."""
    project = project_of(tree)
    found = Wanted()
    modules: set[Module] = set()
    for verdict in verdicts_of(tree).logins:
        found.names |= watched(project, verdict.login)
        for role in PASSWORDS:
            value = verdict.login.value(role)
            if value is None or verdict.level is Level.REPORT:
                continue
            source = origin(project, verdict.login.module, value)
            found.keys |= {read.key for _, read in source.reads}
            for home, binding in source.bindings:
                _add(found, home, binding)
            goes = [(verdict.login.module, value)]
            goes += [(home, binding.value) for home, binding in source.bindings if binding.value is not None]
            for home, each in goes:
                found.imports |= _imports(home, each)
                modules.add(home)
    for module in project.modules.values():
        if module in modules or any(name in module.source.text for name in found.names):
            found.homes.add(called(module))
    for path, module in project.modules.items():
        has_all = any(_last(statement) in found.homes for statement, _ in module.scopes.stars)
        has_it = path.name == "__init__.py" and any(
            project.modules[each] in modules for each in project.importing[path]
        )
        if has_all or has_it:  # others may get there by way of this one
            found.homes.add(called(module))
    return found


def _imports(module: Module, value: ast.expr) -> set[str]:
    """The module's imports that an expression uses."""
    reads = (node for node in ast.walk(value) if isinstance(node, ast.Name))
    bound = (each for read in reads for each in module.scopes.module.bindings.get(read.id, ()))
    return {each.name for each in bound if each.kind is Kind.IMPORT}


def _last(statement: ast.ImportFrom) -> str:
    return (statement.module or "").rpartition(".")[2]


def _add(found: Wanted, home: Module, binding: Binding) -> None:
    function = binding.scope.node
    if binding.kind is Kind.PARAMETER and isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        around = home.parent(function)
        is_constructor = function.name == "__init__" and isinstance(around, ast.ClassDef)
        found.names.add(around.name if is_constructor else function.name)  # type: ignore[union-attr]  # a class has one
    elif binding.scope.is_module:
        found.names.add(binding.name)
