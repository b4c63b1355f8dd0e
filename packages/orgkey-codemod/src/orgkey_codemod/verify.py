"""The last look at a rewritten file before it is written: it must parse, and use no name that it no longer has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orgkey_codemod import notebook, text
from orgkey_codemod.python.editing.statements import is_held
from orgkey_codemod.python.reading.module import Module
from orgkey_codemod.python.reading.scopes import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import PurePosixPath

    from orgkey_codemod.python.reading.scopes import Binding

__all__ = ["broken"]


def broken(path: PurePosixPath, before: bytes, after: bytes, is_taken: Callable[[str], bool]) -> str | None:
    """What a rewrite would break in a file; None where nothing is.

    ``is_taken`` tells of a name whether other files take it from this one: its import may then stay without a read.
    """
    if path.suffix == ".json":
        return None if _is_json(after) or not _is_json(before) else "the result would be no JSON"
    old, new = _module(path, before), _module(path, after)
    if old is None:
        return None
    if new is None:
        return "the result would not parse"
    undefined = _undefined(new) - _undefined(old)
    if undefined:
        return f"the result would use {', '.join(sorted(undefined))} without defining it"
    unused = {name for name in _unused(new) - _unused(old) if not is_taken(name)}
    if unused:
        return f"the result would no longer use {', '.join(sorted(unused))}"
    return None


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


def _module(path: PurePosixPath, content: bytes) -> Module | None:
    if path.suffix == ".ipynb":
        return notebook.read(path, content).module
    if path.suffix not in {".py", ".pyw"}:
        return None
    try:
        return Module(text.decode(path, content))
    except (SyntaxError, text.UnreadableError):
        return None


def _undefined(module: Module) -> set[str]:
    """Names that are read and that nothing in the module binds."""
    return {read.id for read in module.scopes.of_read if read not in module.scopes.owner}


def _unused(module: Module) -> set[str]:
    """Imported names of the module that it does not read, and whose import nothing holds."""
    scope = module.scopes.module
    imported = {
        name
        for name, bound in scope.bindings.items()
        if any(each.kind is Kind.IMPORT and not _is_held(module, each) for each in bound)
    }
    return {name for name in imported if name not in scope.uses and name not in module.exported}


def _is_held(module: Module, binding: Binding) -> bool:
    return binding.statement is not None and is_held(module, binding.statement)
