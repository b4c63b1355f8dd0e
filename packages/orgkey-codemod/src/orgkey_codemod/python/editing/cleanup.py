"""Imports that nothing uses any more once a file's other edits are made."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from orgkey_codemod.python.editing.statements import is_held, remove_imports
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.python.reading.uses import others

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project
    from orgkey_codemod.python.reading.scopes import Scope

__all__ = ["cleanup", "is_used_elsewhere"]


def cleanup(tree: Tree, path: PurePosixPath, edits: Sequence[Edit]) -> list[Edit]:
    """The edits that take away imports whose every use lies in what other edits take away."""
    project = project_of(tree)
    module = project.modules.get(path)
    if module is None:
        return []
    spans = [edit for edit in edits if edit.end > edit.start]
    gone: dict[ast.Import | ast.ImportFrom, list[ast.alias]] = defaultdict(list)
    for scope in {module.scopes.module, *module.scopes.of_definition.values()}:
        for name in scope.bindings:
            for statement, alias in _dead(project, module, scope, name, spans):
                gone[statement].append(alias)
    found: list[Edit] = []
    replaced = [edit for edit in edits if edit.replacement and edit.end > edit.start]
    for statement, aliases in gone.items():
        if is_held(module, statement):
            continue
        start, end = module.source.offset(module.start(statement)), module.source.offset(module.end(statement))
        if any(start <= edit.start < end for edit in replaced):
            continue
        found += remove_imports(module, statement, aliases).edits
    return found


def _dead(
    project: Project, module: Module, scope: Scope, name: str, spans: Sequence[Edit]
) -> list[tuple[ast.Import | ast.ImportFrom, ast.alias]]:
    bindings = scope.bindings[name]
    reads = scope.uses.get(name, ())
    if not reads or name in module.exported or _is_written_anew(name, spans):
        return []
    if not all(_goes(module.source.offset(module.start(read)), spans) for read in reads):
        return []
    found: list[tuple[ast.Import | ast.ImportFrom, ast.alias]] = []
    for each in bindings:
        if not isinstance(each.node, ast.alias) or not isinstance(each.statement, ast.Import | ast.ImportFrom):
            return []
        found.append((each.statement, each.node))
    return [] if others(project, module, scope, name) else found


def is_used_elsewhere(tree: Tree, path: PurePosixPath, name: str) -> bool:
    """Whether an import stays though its own module no longer reads it, because others take the name from there."""
    project = project_of(tree)
    module = project.modules.get(path)
    return module is not None and bool(others(project, module, module.scopes.module, name))


def _goes(offset: int, spans: Sequence[Edit]) -> bool:
    return any(edit.start <= offset < edit.end for edit in spans)


def _is_written_anew(name: str, spans: Sequence[Edit]) -> bool:
    """Whether an edit uses a name in what it writes, as where an expression goes from one argument to another."""
    word = re.compile(rb"(?<![\w.])%s\b" % re.escape(name.encode()))
    return any(word.search(edit.replacement) for edit in spans)
