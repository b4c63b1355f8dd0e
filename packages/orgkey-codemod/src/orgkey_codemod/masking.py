"""Secrets out of everything that is printed: what the rules know as one, and what stands where one would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.secrets import secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from orgkey_codemod.model import Tree

__all__ = ["masker"]

_HIDDEN: Final = "***"
_GIVEN: Final = re.compile(
    r"""((?:password|passwd|pwd|pass|token|secret)\w*["']?\]?\s*[=:]\s*[rbuRBU]*)(["'])(?:(?!\2).)+\2""", re.IGNORECASE
)
_ARGUMENTS: Final = re.compile(r"(Salesforce\w*|SoapLogin)\(")
_QUOTED: Final = re.compile(r"""(["'])(?:(?!\1).)+\1""")


def masker(tree: Tree) -> Callable[[str], str]:
    """A function that hides, in one line of a diff or a message, every secret of the tree."""
    known = {module.source.text[start:end].strip("\"'rbuRBU") for module, start, end in secrets(tree)}
    known = {part for value in known for part in re.split(r"""["']\s*["']""", value) if part.strip()}
    longest = sorted(known, key=len, reverse=True)

    def mask(line: str) -> str:
        for value in longest:
            line = line.replace(value, _HIDDEN)
        return _GIVEN.sub(rf"\1\2{_HIDDEN}\2", line)

    return mask
