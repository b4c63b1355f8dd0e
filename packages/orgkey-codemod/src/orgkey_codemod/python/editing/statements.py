"""Taking whole statements away: with their lines, and without leaving an empty block behind."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.editing.arguments import Pieces, Removal

if TYPE_CHECKING:
    from collections.abc import Collection

    from orgkey_codemod.python.reading.module import Module

__all__ = ["fills_its_block", "has_comment", "is_held", "remove", "remove_imports"]

_BEHIND: Final = re.compile(r"[ \t]*(?:#[^\r\n]*)?")


def remove(module: Module, statement: ast.stmt, gone: Collection[ast.stmt] = ()) -> Removal:
    """Take a statement away with its whole lines; ``gone`` are others that go too.

    A comment behind it stays, and is told of.
    """
    source = module.source
    start, end = module.start(statement), module.end(statement)
    if fills_its_block(module, statement):
        return Removal((source.edit(start, end, "pass"),), loses_comment=False)
    line, _ = source.line_span(start)
    behind = _BEHIND.match(source.text, end)
    stop = behind.end() if behind else end
    at_line_end = source.is_end(stop) or source.text[stop : stop + 1] in {"\r", "\n"}
    if source.text[line:start].strip() or not at_line_end:
        return _within_a_line(module, statement)
    comment = source.text.find("#", end, stop)
    if comment >= 0:
        return Removal((source.edit(start, comment),), loses_comment=True)
    if _is_last(module, statement, stop, gone) and line > 0 and not source.is_end(line - 1):
        before = line - 2 if source.text[line - 2 : line] == "\r\n" else line - 1
        return Removal((source.edit(before, stop),), loses_comment=False)
    if source.is_end(stop):
        return Removal((source.edit(line, stop),), loses_comment=False)
    _, after = source.line_span(stop)
    return Removal((source.edit(line, after),), loses_comment=False)


def _is_last(module: Module, statement: ast.stmt, stop: int, gone: Collection[ast.stmt]) -> bool:
    """Whether nothing but what goes too follows in a text that ends without a line end."""
    if module.source.is_end(stop):
        return True
    for other in gone:
        if other is not statement and module.source.line_of(module.start(other)) == module.source.line_of(stop) + 1:
            return _is_last(module, other, module.end(other), gone)
    return False


def _within_a_line(module: Module, statement: ast.stmt) -> Removal:
    """A statement between semicolons."""
    text, start, end = module.source.text, module.start(statement), module.end(statement)
    semicolon = re.compile(r"[ \t]*;[ \t]*").match(text, end)
    if semicolon and text[semicolon.end() : semicolon.end() + 1] not in {"", "\r", "\n", "#"}:
        return Removal((module.source.edit(start, semicolon.end()),), loses_comment=False)
    head = text[:start].rstrip(" \t")
    if head.endswith(";"):
        return Removal((module.source.edit(len(head) - 1, end),), loses_comment=False)
    return Removal((module.source.edit(start, end, "pass"),), loses_comment=False)


def fills_its_block(module: Module, statement: ast.stmt) -> bool:
    """Whether a statement is all that its block holds."""
    around = module.parent(statement)
    if around is None or isinstance(around, ast.Module):
        return False
    blocks = (getattr(around, name, None) for name in ("body", "orelse", "finalbody"))
    return any(block == [statement] for block in blocks)


def has_comment(module: Module, statement: ast.stmt) -> bool:
    """Whether a comment stands within or behind a statement; a ``#`` in a string counts too, to be safe."""
    text, end = module.source.text, module.end(statement)
    behind = _BEHIND.match(text, end)
    return "#" in text[module.start(statement) : behind.end() if behind else end]


def is_held(module: Module, statement: ast.stmt) -> bool:
    """Whether a statement cannot go without a comment or without leaving its block empty: an import may stay unused."""
    return has_comment(module, statement) or fills_its_block(module, statement)


def remove_imports(module: Module, statement: ast.Import | ast.ImportFrom, gone: Collection[ast.alias]) -> Removal:
    """Take names out of an import statement, or all of it.

    Raises
    ------
    SyntaxError
        Where the statement does not have the text that its place promises.

    """
    if all(alias in gone for alias in statement.names):
        return remove(module, statement)
    start, end = module.start(statement), module.end(statement)
    numbers = [number for number, alias in enumerate(statement.names) if alias in gone]
    if "(" in module.source.text[start:end]:
        return Pieces(module, start, end, len(statement.names)).without(numbers)
    kept = [alias for alias in statement.names if alias not in gone]
    first, last = module.start(statement.names[0]), module.end(statement.names[-1])
    text = ", ".join(module.segment(alias) for alias in kept)
    return Removal((module.source.edit(first, last, text),), loses_comment=False)
