"""The edits that take a password out of one login: which arguments go, and what the others become."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from orgkey_codemod.model import Style
from orgkey_codemod.python.editing.arguments import Pieces
from orgkey_codemod.python.libraries import SECRETS, ClientKind
from orgkey_codemod.python.logins import imports, native
from orgkey_codemod.python.reading.scopes import Kind
from orgkey_codemod.python.reading.values import env_read

if TYPE_CHECKING:
    from orgkey_codemod.model import Edit, Options
    from orgkey_codemod.python.logins.calls import Login
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["arguments_that_go", "edits_of", "has_grant"]


def arguments_that_go(project: Project, login: Login, options: Options) -> list[str]:
    """The arguments that go: the secrets, and a user name that the environment gives by its standard name."""
    gone = [name for name in login.given if name in SECRETS]
    username = login.value("username")
    if username is not None and options.style is Style.ORGKEY and _is_standard(project, login.module, username):
        gone.append("username")
    if has_grant(login) and "username" in login.given and "username" not in gone:
        gone.append("username")
    return [name for name in login.given if name in gone]


def _is_standard(project: Project, module: Module, node: ast.expr) -> bool:
    read = env_read(project, module, node)
    if read is not None:
        return read.key == "SALESFORCE_USERNAME" and read.default is None
    if isinstance(node, ast.Name):
        bindings = module.scopes.bindings_of(node)
        if len(bindings) == 1 and bindings[0].kind is Kind.ASSIGNED and bindings[0].value is not None:
            return _is_standard(project, module, bindings[0].value)
    return False


def edits_of(login: Login, gone: list[str], options: Options, project: Project) -> tuple[tuple[Edit, ...], bool]:
    """The edits that take these arguments away, and whether a comment goes with them.

    Raises ``SyntaxError`` where the call has no place of its own.
    """
    if not login.module.located(login.call):
        raise SyntaxError("no place to edit")
    if options.style is Style.NATIVE and login.client.kind in {ClientKind.CLIENT, ClientKind.LOGIN, ClientKind.SPEC}:
        return native.edits(project, login, gone, options)
    removed, loses = _without(login, gone)
    moved = imports.move(login) if login.client.replacement is not None else ()
    return (*removed, *moved), loses


def _without(login: Login, gone: list[str]) -> tuple[list[Edit], bool]:
    pieces = Pieces.of_call(login.module, login.call)
    numbers = [number for name in gone if (number := login.given[name].piece) is not None]
    edits: list[Edit] = []
    loses = False
    numbers, more = _positions(login, pieces, numbers)
    edits += more
    sandbox = login.given.get("sandbox")
    if sandbox is not None and sandbox.piece is not None and isinstance(sandbox.value, ast.Constant):
        piece = pieces.all[sandbox.piece]
        if not sandbox.value.value:
            numbers.append(sandbox.piece)
        elif "domain" not in login.given:
            edits.append(login.module.source.edit(piece.start, piece.end, 'domain="test"'))
    if numbers:
        removal = pieces.without(numbers)
        edits += removal.edits
        loses = removal.loses_comment
    for container in {login.given[name].entry[0] for name in gone if login.given[name].entry}:  # type: ignore[index] # asked for in the same line
        inside = (
            Pieces.of_dict(login.module, container)
            if isinstance(container, ast.Dict)
            else Pieces.of_call(login.module, container)
        )
        taken = [entry[1] for name in gone if (entry := login.given[name].entry) is not None and entry[0] is container]
        removal = inside.without(taken)
        edits += removal.edits
        loses = loses or removal.loses_comment
    return edits, loses


def _positions(login: Login, pieces: Pieces, gone: list[int]) -> tuple[list[int], list[Edit]]:
    """Arguments behind removed ones, which get a name so that they keep their meaning."""
    edits: list[Edit] = []
    module = login.module
    if login.star is not None:
        number = login.call.args.index(login.star)
        values = [name for name, given in login.given.items() if given.piece is None and given.by_position]
        kept = [name for name in values if name not in SECRETS]
        text = ", ".join(f"{name}={module.segment(login.star.value)}[{values.index(name)}]" for name in kept)
        piece = pieces.all[number]
        return gone, [module.source.edit(piece.start, piece.end, text)]
    if not gone:
        return gone, edits
    for name, given in login.given.items():
        if not given.by_position or given.piece is None or given.piece in gone or given.piece < min(gone):
            continue
        if isinstance(given.value, ast.Constant) and given.value.value is None:
            gone = [*gone, given.piece]
        else:
            start = pieces.all[given.piece].start
            edits.append(module.source.edit(start, start, f"{name}="))
    return gone, edits


def has_grant(login: Login) -> bool:
    """Whether a call asks for the password grant, with the key and the secret of an app."""
    return login.value("consumer_key") is not None and login.value("consumer_secret") is not None
