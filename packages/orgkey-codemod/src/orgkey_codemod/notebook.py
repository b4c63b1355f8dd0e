"""Notebooks: the code of all cells as one module, and the way from each character back into the JSON."""

from __future__ import annotations

import ast
import bisect
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from orgkey_codemod.model import Failure, Place
from orgkey_codemod.python.reading.module import Module
from orgkey_codemod.text import Source

if TYPE_CHECKING:
    from pathlib import PurePosixPath

__all__ = ["Notebook", "NotebookSource", "cell_lines", "read"]

_DECODER: Final = json.JSONDecoder(strict=False)
_NUMBER: Final = re.compile(r"[-+.0-9eE]+|true|false|null|NaN|-?Infinity")
_IN_A_CELL: Final = 2
"""How deep the fields of a cell are."""
_BLANK: Final = re.compile(r"[ \t\n\r]*")
# two escapes make one character beyond the first 65,536
_ESCAPE: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
_PYTHON_CELL: Final = re.compile(r"%%(time|timeit|capture|prun|memit|mprun|lprun)\b")
"""Magics of a whole cell whose body is Python."""
_MAGIC: Final = re.compile(r"^\s*[%!?]|\?\s*$")


@dataclass(frozen=True)
class NotebookSource(Source):
    """The code of a notebook's cells, one after the other."""

    offsets: tuple[int, ...] = ()
    """For each character, the byte of the file that it begins at; one more for the end."""
    cells: tuple[tuple[int, int], ...] = ()
    """For each cell with code: the character that it begins at, and its number."""
    ends: dict[int, int] = field(default_factory=dict)
    """For the end of a cell, where its last character ends in the file, if it is not where the next one begins."""
    between: bytes = b""
    """What stands in the file between two lines of a cell's source; empty where the source is one string."""
    ascii_only: bool = True

    def _cell(self, index: int) -> tuple[int, int]:
        return self.cells[bisect.bisect_right(self.cells, (index, 1 << 30)) - 1]

    def place(self, start: int, end: int) -> Place:
        """Where the characters from ``start`` to ``end`` are; lines count within the cell."""
        begin, number = self._cell(start)
        plain = super().place(start, end)
        above = self.line_of(begin) - 1
        return Place(plain.line - above, plain.column, plain.end_line - above, plain.end_column, number)

    def is_end(self, index: int) -> bool:
        """Whether the text, or the cell that a character is in, ends here."""
        return index in self.ends or super().is_end(index)

    def offset(self, index: int) -> int:
        """The byte of the file at which a character begins."""
        return self.ends.get(index, self.offsets[index])

    def render(self, replacement: str) -> bytes:
        """The replacement as the inside of JSON strings."""
        inside = json.dumps(replacement, ensure_ascii=self.ascii_only)[1:-1].encode()
        return inside.replace(b"\\n", b"\\n" + self.between) if self.between else inside


@dataclass
class Notebook:
    """What was read of one notebook."""

    module: Module | None
    failures: list[Failure]


@dataclass
class _Cell:
    number: int
    text: str
    offsets: list[int]
    end: int


def read(path: PurePosixPath, content: bytes) -> Notebook:
    """Read a notebook; cells that do not parse are noted and left out, magics and shell lines are passed over."""
    try:
        raw = content.decode("utf-8")
        _, _, cells = _Json(raw).notebook()
    except (ValueError, RecursionError, IndexError, KeyError, TypeError) as error:
        return Notebook(None, [Failure(path, f"is no notebook that can be read: {type(error).__name__}", Place(1))])
    failures: list[Failure] = []
    opaque: list[str] = []
    virtual, offsets, starts, ends = "", [], [], {}
    for cell in cells:
        code, aside = _without_magics(cell.text)
        opaque += aside
        try:
            ast.parse(code)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", 1) or 1
            failures.append(Failure(path, "Python 3 cannot read this cell", Place(line, cell=cell.number)))
            opaque.append(cell.text)
            continue
        starts.append((len(virtual), cell.number))
        virtual += code
        offsets += cell.offsets
        ends[len(virtual)] = cell.end
        virtual += "\n"
        offsets.append(cell.end)
    offsets.append(len(content))
    if not starts:
        return Notebook(None, failures)
    if raw.isascii():
        byte_offsets = offsets
    else:
        table = [0]
        for character in raw:
            table.append(table[-1] + len(character.encode()))
        byte_offsets = [table[min(offset, len(raw))] for offset in offsets]
        ends = {index: table[end] for index, end in ends.items()}
    source = NotebookSource(
        path,
        virtual,
        offsets=tuple(byte_offsets),
        cells=tuple(starts),
        ends=ends,
        between=_between(raw),
        ascii_only=raw.isascii(),
    )
    try:
        return Notebook(Module(source, opaque="\n".join(opaque)), failures)
    except SyntaxError as error:
        return Notebook(None, [*failures, Failure(path, f"Python 3 cannot read it: {error.msg}", Place(1))])


def cell_lines(content: bytes, number: int) -> list[str]:
    """The lines of one cell, all cells counted from 1."""
    source = json.loads(content)["cells"][number - 1]["source"]
    return "".join(source).splitlines()


def _between(raw: str) -> bytes:
    """What stands between two lines of a source that is a list of lines: ``",`` and the next line's indentation."""
    match = re.search(r'"source": ?\[(\s*)"', raw)
    return f'",{match.group(1)}"'.encode() if match else b""


def _without_magics(code: str) -> tuple[str, list[str]]:
    """The cell with blanks in the place of what is no Python, so that every character keeps its position."""
    if code.lstrip().startswith("%%") and not _PYTHON_CELL.match(code.lstrip()):
        return re.sub(r"[^\n]", " ", code), [code]
    rows, aside = [], []
    for row in code.split("\n"):
        if _MAGIC.search(row) and not row.lstrip().startswith("#"):
            aside.append(row)
            rows.append(" " * len(row))
        else:
            rows.append(row)
    return "\n".join(rows), aside


def _string(raw: str, at: int) -> tuple[str, int]:
    """The string whose inside begins at ``at``, and where it has ended."""
    value, end = _DECODER.raw_decode(raw, at - 1)
    return str(value), end


class _Json:
    """Just enough of JSON to know where the strings of the cells' sources stand."""

    def __init__(self, raw: str) -> None:
        self._raw: Final = raw
        self._cells: Final[list[_Cell]] = []

    def notebook(self) -> tuple[Any, int, list[_Cell]]:
        value, end = self._value(0, ())
        if not isinstance(value, dict) or not isinstance(value.get("cells"), list):
            raise ValueError("no cells")  # noqa: TRY004 - the file is wrong, not the caller
        return value, end, self._cells

    def _skip(self, at: int) -> int:
        match = _BLANK.match(self._raw, at)
        return match.end() if match else at

    def _value(self, at: int, path: tuple[Any, ...]) -> tuple[Any, int]:
        at = self._skip(at)
        first = self._raw[at]
        if first == "{":
            return self._object(at + 1, path)
        if first == "[":
            return self._array(at + 1, path)
        if first == '"':
            return _string(self._raw, at + 1)
        match = _NUMBER.match(self._raw, at)
        if match is None:
            raise ValueError("no JSON")
        return match.group(), match.end()

    def _object(self, at: int, path: tuple[Any, ...]) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        spans: list[tuple[int, int]] = []
        at = self._skip(at)
        while self._raw[at] != "}":
            key, at = _string(self._raw, at + 1)
            at = self._skip(at) + 1
            is_source = len(path) == _IN_A_CELL and path[0] == "cells" and key == "source"
            if is_source:
                found[key], at, spans = self._source(self._skip(at))
            else:
                found[key], at = self._value(at, (*path, key))
            at = self._skip(at)
            if self._raw[at] == ",":
                at = self._skip(at + 1)
        if len(path) == _IN_A_CELL and path[0] == "cells" and found.get("cell_type") == "code":
            self._cells.append(self._cell(path[1] + 1, spans))
        return found, at + 1

    def _array(self, at: int, path: tuple[Any, ...]) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self._skip(at)
        while self._raw[at] != "]":
            value, at = self._value(at, (*path, len(found)))
            found.append(value)
            at = self._skip(at)
            if self._raw[at] == ",":
                at = self._skip(at + 1)
        return found, at + 1

    def _source(self, at: int) -> tuple[Any, int, list[tuple[int, int]]]:
        """The value of ``source``, and the insides of its strings."""
        spans: list[tuple[int, int]] = []
        if self._raw[at] == '"':
            value, end = _string(self._raw, at + 1)
            return value, end, [(at + 1, end - 1)]
        at = self._skip(at + 1)
        while self._raw[at] != "]":
            _, end = _string(self._raw, at + 1)
            spans.append((at + 1, end - 1))
            at = self._skip(end)
            if self._raw[at] == ",":
                at = self._skip(at + 1)
        return None, at + 1, spans

    def _cell(self, number: int, spans: list[tuple[int, int]]) -> _Cell:
        pieces: list[str] = []
        offsets: list[int] = []
        for begin, end in spans:
            for match in _ESCAPE.finditer(self._raw, begin, end):
                character = json.loads(f'"{match.group()}"') if match.group()[0] == "\\" else match.group()
                pieces.append(character)
                offsets.append(match.start())
        return _Cell(number, "".join(pieces), offsets, spans[-1][1] if spans else 0)
