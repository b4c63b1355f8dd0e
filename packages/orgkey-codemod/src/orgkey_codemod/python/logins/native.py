"""The same login by simple-salesforce's own arguments, for those who want no new dependency."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Flow
from orgkey_codemod.python.editing.arguments import Pieces

if TYPE_CHECKING:
    from orgkey_codemod.model import Edit, Options
    from orgkey_codemod.python.logins.calls import Login
    from orgkey_codemod.python.reading.module import Module
    from orgkey_codemod.python.reading.project import Project

__all__ = ["edits", "environ"]

_JWT: Final = (("consumer_key", "SALESFORCE_CLIENT_ID"), ("privatekey_file", "SALESFORCE_PRIVATE_KEY_FILE"))
_APP: Final = (("consumer_key", "SALESFORCE_CLIENT_ID"), ("consumer_secret", "SALESFORCE_CLIENT_SECRET"))


def edits(project: Project, login: Login, gone: list[str], options: Options) -> tuple[tuple[Edit, ...], bool]:
    """Put a key's arguments in the place of the password's.

    Raises
    ------
    SyntaxError
        Where the arguments cannot be exchanged one by one: they come by position, or out of a dict.

    """
    if login.star is not None or any(login.given[name].piece is None or login.given[name].by_position for name in gone):
        raise SyntaxError("the arguments are not written out by name")
    module = login.module
    wanted = [
        pair for pair in (_APP if options.flow is Flow.CLIENT_CREDENTIALS else _JWT) if pair[0] not in login.given
    ]
    if options.flow is Flow.CLIENT_CREDENTIALS and "username" in login.given:
        gone = [*gone, "username"]
    written, extra = environ(project, login.module)
    texts = [f'{name}={written}["{key}"]' for name, key in wanted]
    pieces = Pieces.of_call(module, login.call)
    numbers = sorted({number for name in gone if (number := login.given[name].piece) is not None})
    removal = pieces.without(numbers[len(texts) :]) if len(numbers) > len(texts) else None
    changed = [
        module.source.edit(pieces.all[number].start, pieces.all[number].end, text)
        for number, text in zip(numbers, texts, strict=False)
    ]
    if len(texts) > len(numbers):
        piece = pieces.all[numbers[-1]]
        rest = ", ".join(texts[len(numbers) :])
        changed[-1] = module.source.edit(piece.start, piece.end, f"{texts[len(numbers) - 1]}, {rest}")
    touched = [pieces.all[number] for number in numbers]
    loses = any(piece.inside or piece.above or piece.behind for piece in touched)
    return (*changed, *(removal.edits if removal is not None else ()), *extra), loses


def environ(project: Project, module: Module) -> tuple[str, list[Edit]]:
    """How a module writes ``os.environ``, and an import where it has none.

    Raises
    ------
    SyntaxError
        Where it has no import that another may stand beside.

    """
    for name in ("os", "environ"):
        for binding in module.scopes.module.bindings.get(name, ()):
            if isinstance(binding.node, ast.alias):
                symbol = project.in_module(module, name)
                if symbol is not None and symbol.name in {"os", "os.environ"}:
                    return ("os.environ" if symbol.name == "os" else "environ"), []
    first = next(
        (
            node
            for node in module.tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            and not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        ),
        None,
    )
    if first is None:
        raise SyntaxError("no import to stand beside")
    start = module.start(first)
    return "os.environ", [module.source.edit(start, start, f"import os{module.source.newline}")]
