"""Moving an imported name, and with it every use of it, to the package that takes the library's place."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.editing.arguments import Pieces
from orgkey_codemod.python.libraries import offered

if TYPE_CHECKING:
    from orgkey_codemod.model import Edit
    from orgkey_codemod.python.logins.calls import Login
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Import

__all__ = ["added", "move", "qualify"]

_SAME: Final = frozenset({"api", "login"})
"""Submodules of simple-salesforce whose names its replacement offers at its top."""
_CLIENTS: Final = frozenset({"requests", "httpx", "httpx2", "aiohttp", "urllib3"})
"""Libraries beside whose import another package is imported."""


def move(login: Login) -> tuple[Edit, ...]:
    """The edits by which the name that a call uses comes from the replacement; none where that cannot be written.

    Raises
    ------
    SyntaxError
        Where a statement does not have the text that its place promises.

    """
    package = login.client.replacement
    if package is None:
        return ()
    edits: list[Edit] = []
    for each in _outside(login):
        if isinstance(each.statement, ast.ImportFrom):
            edits += _from(each, each.statement, package)
        else:
            edits += _module(login, each, package)
    return tuple(edits)


def _outside(login: Login) -> list[Import]:
    """The import statements that lead out of the tree, not those from one module of it to another."""
    top = login.symbol.name.split(".")[0]
    found: list[Import] = []
    for each in login.symbol.imports:
        if isinstance(each.statement, ast.ImportFrom):
            dotted = "" if each.statement.level else each.statement.module or ""
        else:
            dotted = each.alias.name
        if dotted.split(".")[0] == top:
            found.append(each)
    return found


# --- from library import name -----------------------------------------------------------------------------------------


def _from(each: Import, statement: ast.ImportFrom, package: str) -> list[Edit]:
    module = each.module
    moved = [alias for alias in statement.names if offered(package, alias.name)]
    if len(moved) == len(statement.names):
        start, end = _module_name(module, statement)
        return [module.source.edit(start, end, package)]
    text = module.source.text[module.start(statement) : module.end(statement)]
    names = ", ".join(_alias(alias) for alias in moved)
    line = f"from {package} import {names}"
    start, end = module.start(statement), module.end(statement)
    if "(" in text or "\\" in text or "\n" in text:
        pieces = Pieces(module, start, end, len(statement.names))
        gone = [number for number, alias in enumerate(statement.names) if alias in moved]
        return [module.source.edit(start, start, line + _separator(module, start)), *pieces.without(gone).edits]
    library = f"{'.' * statement.level}{statement.module or ''}"
    rest = ", ".join(_alias(alias) for alias in statement.names if alias not in moved)
    lines = sorted([line, f"from {library} import {rest}"])
    return [module.source.edit(start, end, _separator(module, start).join(lines))]


def _alias(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _separator(module: Module, start: int) -> str:
    """A new line with the statement's own indentation, or a semicolon where it does not begin its line."""
    begin, _ = module.source.line_span(start)
    indent = module.source.text[begin:start]
    return module.source.newline + indent if not indent.strip() else "; "


def _module_name(module: Module, statement: ast.ImportFrom) -> tuple[int, int]:
    start = module.start(statement)
    name = re.compile(r"from[\s\\]+([\w.]+)").match(module.source.text, start)
    if name is None:
        raise SyntaxError("no import statement at its place")
    return name.span(1)


# --- import library ---------------------------------------------------------------------------------------------------


def _module(login: Login, each: Import, package: str) -> list[Edit]:
    module = each.module
    start = module.start(each.alias)
    if each.alias.asname:
        uses = _uses(each, each.alias.asname, login)
        if uses is None or not all(offers for _, offers in uses):
            return list(qualify(login, each, package))
        return [module.source.edit(start, start + len(each.alias.name), package)]
    siblings = [
        alias
        for other in module.scopes.module.bindings.get(each.alias.name.split(".")[0], ())
        if isinstance(alias := other.node, ast.alias) and alias is not each.alias
    ]
    plain = any("." not in alias.name for alias in siblings)
    if "." in each.alias.name:
        if plain:
            return []
        if each.alias.name.split(".")[-1] not in _SAME:
            return list(qualify(login, each, package))
    uses = _uses(each, each.alias.name.split(".")[0], login)
    if uses is None:
        return list(qualify(login, each, package))
    edits = [module.source.edit(start, start + len(each.alias.name), package)]
    for use, offers in uses:
        if not offers:
            if any("." in alias.name for alias in siblings):
                continue
            return list(qualify(login, each, package))
        end = module.end(use.value)
        edits.append(module.source.edit(module.start(use), end, package))
    return edits


def _uses(each: Import, name: str, login: Login) -> list[tuple[ast.Attribute, bool]] | None:
    """Every ``library.name`` by an import, and whether the replacement offers it; None where it is used otherwise."""
    module = each.module
    owner = module.scopes.scope_at(each.statement)
    found: list[tuple[ast.Attribute, bool]] = []
    package = login.client.replacement or ""
    for read in owner.uses.get(name, ()):
        around = module.parent(read)
        if not isinstance(around, ast.Attribute) or not module.located(around):
            return None
        outer = module.parent(around)
        if around.attr in _SAME and isinstance(outer, ast.Attribute) and offered(package, outer.attr):
            around = outer
        found.append((around, offered(package, around.attr)))
    return found


def qualify(login: Login, each: Import | None, package: str) -> tuple[Edit, ...]:
    """Name the replacement in the call itself, so that other uses of the library's name stay what they are."""
    module = login.module
    callee = login.call.args[0] if login.partial else login.call.func
    rename = module.source.edit(module.start(callee), module.end(callee), f"{package}.{login.client.name}")
    statement: ast.stmt | None = each.statement if each is not None and each.module is module else None
    if statement is None:
        statement = next((i.statement for i in login.symbol.imports if i.module is module), None)
    if statement is None:
        return ()
    start = module.start(statement)
    return (rename, module.source.edit(start, start, f"import {package}{_separator(module, start)}"))


# --- import package ---------------------------------------------------------------------------------------------------


def added(module: Module, package: str) -> tuple[Edit, ...]:
    """The edit that imports a package, in the order of the alphabet beside an HTTP library; none where it is there.

    Raises
    ------
    SyntaxError
        Where the name means something else, or there is no import to stand beside.

    """
    bindings = module.scopes.module.bindings.get(package, ())
    if any(isinstance(each.node, ast.alias) and each.node.name == package for each in bindings):
        return ()
    statements = [
        each
        for each in module.tree.body
        if isinstance(each, ast.Import | ast.ImportFrom) and _top(each) not in {"", "__future__"}
    ]
    if bindings or not statements:
        raise SyntaxError(f"no place for an import of {package}")
    client = next((each for each in statements if _top(each) in _CLIENTS), None)
    text, newline = module.source.text, module.source.newline
    if client is not None and _top(client) > package:
        start = module.start(client)
        return (module.source.edit(start, start, f"import {package}{_separator(module, start)}"),)
    last = client or _last_together(module, statements)
    end = module.end(last)
    if text[end : module.source.line_span(end)[1]].strip():
        start = module.start(last)
        return (module.source.edit(start, start, f"import {package}{_separator(module, start)}"),)
    gap = newline if client is not None else newline * 2  # behind the standard library's begins another paragraph
    return (module.source.edit(end, end, f"{gap}import {package}"),)


def _top(statement: ast.Import | ast.ImportFrom) -> str:
    """The package that a statement imports from; empty for one of the program's own."""
    if isinstance(statement, ast.Import):
        return statement.names[0].name.split(".")[0]
    return "" if statement.level else (statement.module or "").split(".")[0]


def _last_together(module: Module, statements: list[ast.Import | ast.ImportFrom]) -> ast.Import | ast.ImportFrom:
    """The last of the imports that follow one another from the first on."""
    body = module.tree.body
    at = body.index(statements[0])
    while at + 1 < len(body) and body[at + 1] in statements:
        at += 1
    return next(each for each in statements if each is body[at])
