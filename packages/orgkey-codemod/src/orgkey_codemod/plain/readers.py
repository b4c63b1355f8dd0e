"""Who else takes the value of an environment variable: scripts, programs in other languages, commands in a text."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.learned import once
from orgkey_codemod.plain.kinds import FileKind, kind_of
from orgkey_codemod.python.reading.project import project_of
from orgkey_codemod.text import searched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Tree

__all__ = ["readers"]

_SCRIPTS: Final = re.compile(r"\.(sh|bash|zsh|ps1|bat|cmd)$|(^|/)(make|just)file[^/]*$|\.mk$", re.IGNORECASE)
"""Of the files that may give a variable its value, those in which its bare name may take it too."""
_COMMENT: Final = re.compile(r"[ \t]*(?:#|//|rem\b)", re.IGNORECASE)
_TAKES: Final = r"\$(?:\{{|\(|env:)?{key}\b|%{key}%|\b(?:printenv|getenv)\b\W*{key}\b|\benv\.{key}\b"
_MARKS: Final = ("$", "%", "env.", "getenv", "printenv")
"""One of them is in every text that takes a variable's value."""
_GIVES: Final = r"(?<![${{(%:])\b{key}[\"']?[ \t]*[:=]"


def readers(tree: Tree, key: str) -> list[str]:
    """The places, as ``deploy.sh:3``, at which something that is no Python code may read a variable."""
    found = once(tree, _found)
    if key not in found:
        found[key] = list(_search(tree, key))
    return found[key]


def _found(tree: Tree) -> dict[str, list[str]]:
    del tree
    return {}


def _search(tree: Tree, key: str) -> Iterator[str]:
    name, modules = key.encode(), project_of(tree).modules
    takes = re.compile(_TAKES.format(key=re.escape(key)))
    for path, content in ((path, searched(content)) for path, content in tree.files.items()):
        if name not in content or kind_of(path) is FileKind.DOCUMENT:
            continue
        if path not in modules:
            yield from _in_file(path, content.decode("utf-8", "replace"), key, takes)
        elif any(mark in modules[path].source.text for mark in _MARKS):
            for node in modules[path].every(ast.Constant):
                if isinstance(node.value, str) and key in node.value and takes.search(node.value):
                    yield f"{path}:{node.lineno}"


def _in_file(path: PurePosixPath, text: str, key: str, takes: re.Pattern[str]) -> Iterator[str]:
    """The lines that name the variable and do not set it; in a file of settings, those that take its value."""
    is_settings = kind_of(path) is not None and not _SCRIPTS.search(path.as_posix())
    names = takes if is_settings else re.compile(rf"\b{re.escape(key)}\b")
    gives = re.compile(_GIVES.format(key=re.escape(key)))
    for number, row in enumerate(text.splitlines(), 1):
        if names.search(row) and not gives.search(row) and not _COMMENT.match(row):
            yield f"{path}:{number}"
