"""Python code in documents: Markdown fences and reStructuredText blocks, with the lines they came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.text import Source

__all__ = ["Fence", "fences_of"]

_OPEN: Final = re.compile(r"^(?P<indent>\s*(?:>\s?)?)(?P<fence>`{3,}|~{3,})\s*\{?\.?(?P<language>[\w+-]*)")
_BLOCK: Final = re.compile(r"^(?P<indent>\s*)\.\.\s+(?:code-block|code|sourcecode|ipython)::\s*(?P<language>\w*)")
_OPTION: Final = re.compile(r"^\s*:[\w-]+:")
_PYTHON: Final = frozenset({"py", "python", "python3", "pycon", "ipython", "ipython3", "doctest"})
_PROMPT: Final = re.compile(r"^(?:>>>|\.\.\.|In \[\d+\]:)(?: |$)")


@dataclass(frozen=True)
class Fence:
    """A block of Python code in a document."""

    line: int
    """The document's line, from 1, that is the first of the code."""
    code: str
    start: int | None
    """The document's character that is the first of the code; None where indents or prompts were taken off."""


def fences_of(source: Source) -> Iterator[Fence]:
    """The Python blocks of a document."""
    rows = source.text.split("\n")
    yield from _fenced(source, rows)
    if source.path.suffix == ".rst":
        yield from _indented(rows)


def _fenced(source: Source, rows: list[str]) -> Iterator[Fence]:
    number = 0
    while number < len(rows):
        opened = _OPEN.match(rows[number])
        number += 1
        if not opened:
            continue
        first, closing = number, re.compile(rf"^\s*(?:>\s?)?{opened['fence'][0]}{{{len(opened['fence'])},}}\s*$")
        while number < len(rows) and not closing.match(rows[number]):
            number += 1
        if opened["language"].lower() in _PYTHON:
            yield _fence(source, rows[first:number], first, opened["indent"])
        number += 1


def _fence(source: Source, rows: list[str], first: int, indent: str) -> Fence:
    bare = [row.removeprefix(indent) for row in rows]
    code = _without_prompts(bare)
    is_as_it_stands = not indent and code == bare
    start = sum(len(row) + 1 for row in source.text.split("\n")[:first]) if is_as_it_stands else None
    return Fence(first + 1, "\n".join(code) + "\n", start)


def _indented(rows: list[str]) -> Iterator[Fence]:
    number = 0
    while number < len(rows):
        opened = _BLOCK.match(rows[number])
        number += 1
        if not opened or opened["language"].lower() not in _PYTHON:
            continue
        while number < len(rows) and (not rows[number].strip() or _OPTION.match(rows[number])):
            number += 1
        first, depth = number, len(opened["indent"])
        while number < len(rows) and (not rows[number].strip() or _depth(rows[number]) > depth):
            number += 1
        block = rows[first:number]
        common = min((_depth(row) for row in block if row.strip()), default=0)
        yield Fence(first + 1, "\n".join(_without_prompts([row[common:] for row in block])) + "\n", None)


def _depth(row: str) -> int:
    return len(row) - len(row.lstrip())


def _without_prompts(rows: list[str]) -> list[str]:
    """The typed lines of an interactive session; what it printed becomes blank."""
    if not any(row.startswith(">>>") for row in rows):
        return rows
    return [_PROMPT.sub("", row) if _PROMPT.match(row) else "" for row in rows]
