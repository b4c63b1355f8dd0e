"""The arguments of one call as they are written, and taking some of them away without touching the others."""

from __future__ import annotations

import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.reading.module import Comment, tokens

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection, Sequence

    from orgkey_codemod.model import Edit
    from orgkey_codemod.python.reading.module import Module, Token

__all__ = ["Piece", "Pieces", "Removal"]

_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_LINE_END: Final = re.compile(r"[ \t]*\r?\n")
_BLANKS: Final = re.compile(r"[ \t]+(?=\r?\n)")


@dataclass(eq=False)
class Piece:
    """One element between commas; all numbers are characters of the module's text."""

    start: int
    end: int
    comma: tuple[int, int] | None = None
    above: list[Comment] | None = None
    """Comments on lines of their own in front of it."""
    behind: list[Comment] | None = None
    """Comments on the line that it ends on, and up to its comma."""
    inside: int = 0
    """How many comments are within it."""

    @property
    def lead(self) -> int:
        """Where it begins with the comments above it."""
        return self.above[0].start if self.above else self.start

    @property
    def trail(self) -> int:
        """Where it ends with its comma and the comments behind it."""
        ends = [self.end, *(comment.end for comment in self.behind or ())]
        return max([*ends, self.comma[1]] if self.comma else ends)


@dataclass(frozen=True)
class Removal:
    """The edits that take elements away, and whether a comment spoke of one of them."""

    edits: tuple[Edit, ...]
    loses_comment: bool


class Pieces:
    """The elements between one pair of brackets: the arguments of a call, or the entries of a dict.

    Raises
    ------
    SyntaxError
        Where the text does not have the shape of such a pair (a place that is wrong, as in old f-strings).

    """

    def __init__(self, module: Module, begin: int, end: int, count: int) -> None:
        self.module: Final = module
        self._text: Final = module.source.text
        found = tokens(self._text[begin:end], begin)
        self.open, self.close = self._brackets(found)
        inner = [token for token in found if self.open < token.start < self.close]
        self.head: Final[list[Comment]] = []
        """Comments behind the opening bracket, on its line."""
        self.tail: Final[list[Comment]] = []
        """Comments on lines of their own behind the last element."""
        self.all: Final[list[Piece]] = self._split(inner)
        if len(self.all) != count:
            raise SyntaxError("the brackets hold another number of elements than the tree says")

    @classmethod
    def of_call(cls, module: Module, call: ast.Call) -> Pieces:
        """The arguments of a call, in the order of the text."""
        return cls(module, module.end(call.func), module.end(call), len(call.args) + len(call.keywords))

    @classmethod
    def of_dict(cls, module: Module, node: ast.Dict) -> Pieces:
        """The entries of a dict."""
        return cls(module, module.start(node), module.end(node), len(node.keys))

    @staticmethod
    def _brackets(found: Sequence[Token]) -> tuple[int, int]:
        depth, opened, pair = 0, 0, None
        for token in found:
            if token.kind == tokenize.OP and token.text in _OPENING:
                if depth == 0:
                    opened = token.start
                depth += 1
            elif token.kind == tokenize.OP and token.text in _CLOSING:
                depth -= 1
                if depth == 0:
                    pair = (opened, token.start)
        if pair is None:
            raise SyntaxError("no brackets here")
        return pair

    def _split(self, inner: Sequence[Token]) -> list[Piece]:
        pieces: list[Piece] = []
        above: list[Comment] = []
        current: Piece | None = None
        depth = 0
        for token in inner:
            if token.kind == tokenize.COMMENT:
                comment = Comment(token.start, token.end)
                if current is not None and depth:
                    current.inside += 1
                elif not self._alone(token.start):
                    self._behind(comment, current or (pieces[-1] if pieces else None))
                elif current is not None:
                    current.inside += 1
                else:
                    above.append(comment)
                continue
            if depth == 0 and token.kind == tokenize.OP and token.text == ",":
                if current is None:
                    raise SyntaxError("a comma without an element")
                current.comma = (token.start, token.end)
                current = None
                continue
            if current is None:
                current = Piece(token.start, token.end, above=above)
                pieces.append(current)
                above = []
            current.end = token.end
            if token.kind == tokenize.OP:
                depth += (token.text in _OPENING) - (token.text in _CLOSING)
        self.tail.extend(above)
        return pieces

    def _behind(self, comment: Comment, piece: Piece | None) -> None:
        if piece is None:
            self.head.append(comment)
        else:
            piece.behind = [*(piece.behind or []), comment]

    def _alone(self, index: int) -> bool:
        start, _ = self.module.source.line_span(index)
        return not self._text[start:index].strip()

    # --- removing -----------------------------------------------------------------------------------------------------

    def without(self, gone: Collection[int]) -> Removal:
        """Take away the elements of these positions.

        What stays keeps its line: an element goes with the white space in front of it and the comma behind it. A
        comment that spoke of it stays, for a person to decide about.
        """
        pieces = self.all
        loses = any(piece.inside or piece.above or piece.behind for piece in (pieces[i] for i in gone))
        spans: list[tuple[int, int]] = []
        if len(gone) == len(pieces):
            loses = loses or bool(self.head or self.tail)
            spans = [(self.open + 1, self.close)]
        else:
            for first, last in _runs(sorted(gone)):
                spans += self._span(first, last)
        edits = tuple(self._delete(start, end, [pieces[i] for i in gone]) for start, end in spans if start < end)
        return Removal(edits, loses)

    def _span(self, first: int, last: int) -> list[tuple[int, int]]:
        pieces = self.all
        if first == 0:
            return [(pieces[0].lead, pieces[last + 1].lead)]
        before, removed = pieces[first - 1], pieces[last]
        if before.behind and not _LINE_END.match(self._text, removed.trail):
            return self._below_comment(first, last)
        if last + 1 < len(pieces) or removed.comma:
            return [(self._line_end(before.trail), removed.trail)]
        if before.comma is None:  # pragma: no cover - a comma stands between two elements
            raise SyntaxError("no comma between two elements")
        if before.behind:
            return [before.comma, (before.trail, removed.trail)]
        return [(before.end, removed.trail)]

    def _below_comment(self, first: int, last: int) -> list[tuple[int, int]]:
        """As :meth:`_span`, but the line end stays: what is left of the line must not become part of the comment."""
        before, begin, removed = self.all[first - 1], self.all[first].lead, self.all[last]
        if last + 1 < len(self.all):
            return [(begin, self.all[last + 1].lead)]
        if removed.comma or before.comma is None:
            return [(begin, removed.trail)]
        return [before.comma, (begin, removed.trail)]

    def _line_end(self, index: int) -> int:
        """The end of the line, where only blanks lie between: they stay with what they stand behind."""
        match = _BLANKS.match(self._text, index)
        return match.end() if match else index

    def _delete(self, start: int, end: int, gone: Sequence[Piece]) -> Edit:
        """Delete a span, but not the comments in it that lie outside the elements that go."""
        kept = [
            comment
            for piece in gone
            for comment in [*(piece.above or ()), *(piece.behind or ())]
            if start <= comment.start < end
        ]
        if (start, end) == (self.open + 1, self.close):
            kept += [*self.head, *self.tail]
        if not kept:
            return self.module.source.edit(start, end)
        newline = self.module.source.newline
        indent = self._indent(gone[0].start)
        kept.sort()
        written = [self._text[comment.start : comment.end] for comment in kept]
        line, _ = self.module.source.line_span(start)
        if not self._text[line:start].strip():
            return self.module.source.edit(start, end, "".join(f"{each}{newline}{indent}" for each in written))
        text = "".join(f"{newline}{indent}{each}" for each in written)
        rest = self._text[end : end + 2]
        if not rest.lstrip(" \t").startswith(("\n", "\r")):
            text += f"{newline}{indent}"
        return self.module.source.edit(start, end, text)

    def _indent(self, index: int) -> str:
        start, end = self.module.source.line_span(index)
        line = self._text[start:end]
        return line[: len(line) - len(line.lstrip(" \t"))]


def _runs(positions: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for position in positions:
        if runs and runs[-1][1] + 1 == position:
            runs[-1] = (runs[-1][0], position)
        else:
            runs.append((position, position))
    return runs
