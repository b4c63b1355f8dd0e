"""Text as it lies on disk: encodings, line ends, places, and edits that leave every other byte alone."""

from __future__ import annotations

import bisect
import codecs
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Edit, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import PurePosixPath

__all__ = ["OverlapError", "Source", "UnreadableError", "apply", "decode", "searched"]

_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
# A prefix of the text does not encode to a prefix of the bytes in these.
_STATEFUL: Final = ("iso2022", "hz", "utf-7", "utf_7", "utf-16", "utf-32", "utf_16", "utf_32")


class UnreadableError(ValueError):
    """Bytes that are no text in the encoding they claim; ``line`` is the first that is not, counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        self.line = line
        super().__init__(message)


class OverlapError(ValueError):
    """Two edits that want different things of the same bytes."""


@dataclass(frozen=True)
class Source:
    """Text that was read from a file, and the way from each of its characters back to the bytes of the file."""

    path: PurePosixPath
    text: str
    encoding: str = "utf-8"
    skipped: int = 0
    """Bytes in front of the text: a byte order mark."""

    @cached_property
    def line_starts(self) -> Sequence[int]:
        """The index of the first character of each line, by the line ends that Python knows."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    @cached_property
    def newline(self) -> str:
        """The line end of the file's first line."""
        match = _LINE_END.search(self.text)
        return match.group() if match else "\n"

    def index(self, line: int, utf8_column: int) -> int:
        """The character at a place as :mod:`ast` gives it: a line from 1, and the UTF-8 bytes in front of it."""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        row = self.text[start:end]
        if row.isascii():
            return start + utf8_column
        return start + len(row.encode("utf-8", "surrogatepass")[:utf8_column].decode("utf-8", "surrogatepass"))

    def line_of(self, index: int) -> int:
        """The line, from 1, that a character is on."""
        return bisect.bisect_right(self.line_starts, index)

    def line_span(self, index: int) -> tuple[int, int]:
        """Beginning and end of the line that a character is on, the line end included."""
        line = self.line_of(index)
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        return self.line_starts[line - 1], end

    def is_end(self, index: int) -> bool:
        """Whether the text, or the cell that a character is in, ends here."""
        return index == len(self.text)

    def place(self, start: int, end: int) -> Place:
        """Where the characters from ``start`` to ``end`` are, for a person: lines and columns from 1."""
        first, last = self.line_of(start), self.line_of(end)
        return Place(first, start - self.line_starts[first - 1] + 1, last, end - self.line_starts[last - 1] + 1)

    def offset(self, index: int) -> int:
        """The byte of the file at which a character begins."""
        return self.skipped + len(self.text[:index].encode(self.encoding))

    def edit(self, start: int, end: int, replacement: str = "") -> Edit:
        """Put ``replacement`` in the place of the characters from ``start`` to ``end``."""
        return Edit(self.path, self.offset(start), self.offset(end), self.render(replacement))

    def render(self, replacement: str) -> bytes:
        """The bytes that stand for ``replacement`` in the file."""
        return replacement.encode(self.encoding)


def decode(path: PurePosixPath, content: bytes) -> Source:
    """Read the bytes of a Python file as Python does: by byte order mark, encoding cookie, or else as UTF-8 (PEP 263).

    Raises
    ------
    UnreadableError
        Where the bytes are not in that encoding, or none of that name is known.

    """
    if content.startswith(_UTF_16):
        raise UnreadableError("is in UTF-16, which cannot be edited byte by byte: save it as UTF-8", 1)
    skipped = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    encoding = _cookie(content[skipped:]) or "utf-8"
    try:
        text = content[skipped:].decode(encoding)
    except LookupError:
        raise UnreadableError(f"names the encoding {encoding}, which Python does not know", 1) from None
    except UnicodeDecodeError as error:
        line = content[: skipped + error.start].count(b"\n") + 1
        raise UnreadableError(f"has bytes that are not {encoding}", line) from None
    if codecs.lookup(encoding).name.startswith(_STATEFUL) or text.encode(encoding) != content[skipped:]:
        raise UnreadableError(f"is in {encoding}, which cannot be edited byte by byte", 1)
    return Source(path, text, encoding, skipped)


def searched(content: bytes) -> bytes:
    """What a search for names looks at: the content, in UTF-8 where a byte order mark says that it is in UTF-16."""
    return content.decode("utf-16", "replace").encode() if content.startswith(_UTF_16) else content


def _cookie(content: bytes) -> str | None:
    for line in content.split(b"\n", 2)[:2]:
        match = _COOKIE.match(line)
        if match:
            return match.group(1).decode("ascii", "replace")
        if line.strip() and not line.lstrip().startswith(b"#"):
            return None
    return None


def apply(content: bytes, edits: Iterable[Edit]) -> bytes:
    """Make the edits of one file; equal ones count once, and a deletion swallows what lies within it.

    Raises
    ------
    OverlapError
        Where two edits overlap in any other way.

    """
    parts: list[bytes] = []
    done = 0
    for edit in _merged(edits):
        parts += [content[done : edit.start], edit.replacement]
        done = edit.end
    return b"".join([*parts, content[done:]])


def _merged(edits: Iterable[Edit]) -> list[Edit]:
    merged: list[Edit] = []
    for edit in sorted(set(edits), key=lambda each: (each.start, each.end != each.start, -each.end, each.replacement)):
        last = merged[-1] if merged else None
        if last is None or edit.start >= last.end:
            merged.append(edit)
        elif edit.end <= last.end and not edit.replacement:
            continue
        elif not last.replacement and not edit.replacement:
            merged[-1] = Edit(last.path, last.start, max(last.end, edit.end), b"")
        elif not last.replacement and edit.end <= last.end:
            continue
        else:
            raise OverlapError(f"two edits of {edit.path} want the bytes from {edit.start} to {last.end}")
    return merged
