"""Secrets out of everything that is printed: what the rules know as one, and what stands where one would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.plain.settings import is_secret, settings_of
from orgkey_codemod.python.judging.secrets import secrets
from orgkey_codemod.python.reading.values import looks_secret

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
_TEXT: Final = re.compile(
    r"""(?<![\w"'])(?P<given>(?:username|user|email|domain|help|metavar|grant_type|\w*url|instance)\s*=\s*)?"""
    r"""(?P<prefix>[rbufRBUF]{0,2})(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)+)(?P=quote)"""
)
_SPEAKS: Final = re.compile(r"\bpw\b|passphrase|password|passwd|pwd|pass(?![a-z])|token|secret", re.IGNORECASE)
_NAME: Final = re.compile(r"-{0,2}[a-z]+(?:[._-][a-z0-9]+)*|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]+")
"""A variable, an option or a key: no secret, if it says itself that one is behind it; nor is a sentence that does."""
_PLAIN: Final = re.compile(r"--|urn:|https?://[^@]*$")
_HOLE: Final = re.compile(r"\{[^{}]*\}")
_BARE: Final = re.compile(
    rf"""^(.*{_NAMED}["']?\s*[=:]\s*)(?!["'\s]*(?:\$\{{|\$\(|\{{\{{|\*\*\*))(\S.*)$""", re.IGNORECASE
)
"""In a file of settings, where a value needs no quotes; a reference to another place is no secret."""
_QUOTED: Final = re.compile(r"""^[rbufRBUF]*("{3}|'{3}|"|')(.*)\1$""", re.DOTALL)
_CODE: Final = frozenset({".py", ".pyw"})
_QUOTING: Final = frozenset({".py", ".pyw", ".ipynb", ".json", ".md", ".rst", ".markdown", ".mdx"})


def masker(tree: Tree) -> Callable[[PurePosixPath, str], str]:
    """A function that hides, in one line of a file's diff, every secret of the tree."""
    known = {_QUOTED.sub(r"\2", module.source.text[start:end]) for module, start, end in secrets(tree)}
    known = {part for value in known for part in re.split(r"""["']\s*["']""", value) if part.strip()}
    known |= {setting.value.strip().rstrip(",").strip("\"'") for setting in settings_of(tree) if is_secret(setting)}
    longest = sorted(known, key=len, reverse=True)

    def mask(path: PurePosixPath, line: str) -> str:
        for value in longest:
            line = line.replace(value, _HIDDEN)
        line = _GIVEN.sub(rf"\1\2{_HIDDEN}\2", line)
        if path.suffix in _CODE and _SPEAKS.search(line):
            line = _TEXT.sub(_hidden, line)
        return line if path.suffix in _QUOTING else _BARE.sub(rf"\1{_HIDDEN}", line)

    return mask


def _hidden(match: re.Match[str]) -> str:
    """A text on a line that speaks of a secret: hidden, unless it is a name, or plainly something else."""
    text = match["text"]
    is_name = _PLAIN.match(text) or (_SPEAKS.search(text) and (" " in text or _NAME.fullmatch(text)))
    before, behind = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
    is_key = behind.startswith(":") and before[-1:] in {"", "{", ","}
    if match["given"] or is_name or is_key or not looks_secret(_HOLE.sub("", text)):
        return match.group()
    return f"{match['prefix']}{match['quote']}{_HIDDEN}{match['quote']}"
