"""Names that go along with a login, a grant or a check under review: no line goes that no finding tells of."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from orgkey_codemod.model import Finding, Level
from orgkey_codemod.python.along.forms import outcomes
from orgkey_codemod.python.along.plumbing import plumbing_of
from orgkey_codemod.python.judging.verdict import is_left
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.rules.checks import checks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.python.reading.module import Module

__all__ = ["examine_along"]


def examine_along(tree: Tree) -> Iterator[Finding]:
    """A finding for each assignment that goes with something else; both are fixed, or none."""
    told = {dead.node for dead in plumbing_of(tree).dead}
    for edits in _reviewed(tree):
        for module, statement in _going(tree, edits):
            if statement not in told:
                told.add(statement)
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                what = f"{', '.join(map(ast.unparse, targets))} feeds only what goes"
                yield Finding("SFA501", Level.REVIEW, module.path, module.place(statement), what, edits=tuple(edits))


def _reviewed(tree: Tree) -> Iterator[Sequence[Edit]]:
    """The edits of each login, grant and check that goes with ``--unsafe``."""
    for verdict in verdicts_of(tree).logins:
        if verdict.level is Level.REVIEW and not verdict.is_left(tree):
            yield verdict.edits
    yield from (outcome.edits for outcome in outcomes(tree))
    for check in checks_of(tree):
        if not is_left(tree, check.module, check.node, "SFA503"):
            yield check.edits


def _going(tree: Tree, edits: Sequence[Edit]) -> Iterator[tuple[Module, ast.Assign | ast.AnnAssign]]:
    """The assignments that edits take away by themselves; those of a whole branch go with the branch."""
    for path in sorted({edit.path for edit in edits}):
        module = project_of(tree).modules.get(path)
        if module is None or path.suffix == ".ipynb":  # the findings of a notebook are its cells'
            continue
        spans = [edit for edit in edits if edit.path == path and edit.end > edit.start]
        statements: list[ast.Assign | ast.AnnAssign] = [*module.every(ast.Assign), *module.every(ast.AnnAssign)]
        for statement in statements:
            if any(_is_just(module, statement, edit) for edit in spans):
                yield module, statement


def _is_just(module: Module, statement: ast.stmt, edit: Edit) -> bool:
    """Whether an edit takes a statement away, and nothing but its lines."""
    source, start, end = module.source, module.start(statement), module.end(statement)
    (begin, _), (_, stop) = source.line_span(start), source.line_span(end)
    is_within = source.offset(begin) - len(source.newline) <= edit.start and edit.end <= source.offset(stop)
    return is_within and edit.start <= source.offset(start) and source.offset(end) <= edit.end
