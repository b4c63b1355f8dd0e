"""Secrets out of everything that is printed: what the rules know as one, and what stands where one would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.plain.settings import is_secret, settings_of
from orgkey_codemod.python.secrets import secrets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Tree

__all__ = ["masker"]

_HIDDEN: Final = "***"
_NAMED: Final = r"(?:password|passwd|pwd|pass|token|secret)\w*"
_GIVEN: Final = re.compile(
    rf"""({_NAMED}["']?\]?\s*[=:]\s*[rbuRBU]*)(["'])(?!\$\{{|\$\(|\{{\{{)(?:(?!\2).)+\2""", re.IGNORECASE
)
_BARE: Final = re.compile(
    rf"""^(.*{_NAMED}["']?\s*[=:]\s*)(?!["'\s]*(?:\$\{{|\$\(|\{{\{{|\*\*\*))(\S.*)$""", re.IGNORECASE
)
"""In a file of settings, where a value needs no quotes; a reference to another place is no secret."""
_QUOTING: Final = frozenset({".py", ".pyw", ".ipynb", ".json", ".md", ".rst", ".markdown", ".mdx"})


def masker(tree: Tree) -> Callable[[PurePosixPath, str], str]:
    """A function that hides, in one line of a file's diff, every secret of the tree."""
    known = {module.source.text[start:end].strip("\"'rbuRBU") for module, start, end in secrets(tree)}
    known = {part for value in known for part in re.split(r"""["']\s*["']""", value) if part.strip()}
    known |= {setting.value.strip().rstrip(",").strip("\"'") for setting in settings_of(tree) if is_secret(setting)}
    longest = sorted(known, key=len, reverse=True)

    def mask(path: PurePosixPath, line: str) -> str:
        for value in longest:
            line = line.replace(value, _HIDDEN)
        line = _GIVEN.sub(rf"\1\2{_HIDDEN}\2", line)
        return line if path.suffix in _QUOTING else _BARE.sub(rf"\1{_HIDDEN}", line)

    return mask
