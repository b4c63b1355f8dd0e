"""One parsed Python module: its tree, its scopes, and the way between nodes and characters."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from orgkey_codemod.python.reading.scopes import Scopes

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from orgkey_codemod.model import Place
    from orgkey_codemod.text import Source

__all__ = ["Comment", "Module", "Token", "is_test", "tokens"]

_TEST: Final = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_tests?|conftest)\.py$")

N = TypeVar("N", bound=ast.AST)


class Token(NamedTuple):
    """A token of Python, by characters of the module's text."""

    kind: int
    text: str
    start: int
    end: int


class Comment(NamedTuple):
    """A comment, by characters of the module's text."""

    start: int
    end: int


class Module:
    """A parsed module.

    Raises
    ------
    SyntaxError
        Where Python 3 cannot read the text.

    """

    def __init__(self, source: Source, *, opaque: str = "") -> None:
        self.source: Final = source
        self.opaque: Final = opaque
        """Text beside the code that may use its names: magics, and cells that do not parse."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.tree: Final = ast.parse(source.text)
            except (ValueError, RecursionError, MemoryError) as error:
                raise SyntaxError(str(error) or type(error).__name__) from None

    @property
    def path(self) -> PurePosixPath:
        """The file, below the tree's root."""
        return self.source.path

    @cached_property
    def scopes(self) -> Scopes:
        """The names of the module."""
        return Scopes(self.tree)

    def every(self, *kinds: type[N]) -> list[N]:
        """Every node of these types, looked up and not searched for."""
        found: list[Any] = []
        for kind in kinds:
            found += self.scopes.nodes.get(kind, ())
        return found

    @cached_property
    def attributes(self) -> dict[str, list[ast.Attribute]]:
        """Every attribute access, by the attribute's name."""
        found: dict[str, list[ast.Attribute]] = defaultdict(list)
        for node in self.every(ast.Attribute):
            found[node.attr].append(node)
        return found

    def start(self, node: ast.AST) -> int:
        """The first character of a node."""
        return self.source.index(node.lineno, node.col_offset)  # type: ignore[attr-defined] # only located nodes are asked

    def end(self, node: ast.AST) -> int:
        """The character behind a node."""
        return self.source.index(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined] # see start

    def segment(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.source.text[self.start(node) : self.end(node)]

    def place(self, node: ast.AST) -> Place:
        """Where a node is."""
        return self.source.place(self.start(node), self.end(node))

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that a node is part of."""
        return self.scopes.parent.get(node)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that a node is part of."""
        here: ast.AST | None = node
        while here is not None and not isinstance(here, ast.stmt):
            here = self.parent(here)
        if here is None:
            raise SyntaxError("no statement around it")
        return here

    def located(self, node: ast.expr) -> bool:
        """Whether the text at a node's place is the node: before 3.12, places inside f-strings may be wrong."""
        here: ast.AST | None = node
        while here is not None and not isinstance(here, ast.JoinedStr):
            here = self.parent(here)
        if here is None:
            return True
        try:
            again = ast.parse(f"({self.segment(node)})", mode="eval").body
        except (SyntaxError, IndexError, ValueError):
            return False
        return ast.dump(again) == ast.dump(node)

    @cached_property
    def exported(self) -> frozenset[str]:
        """The names in ``__all__``."""
        found: set[str] = set()
        for binding in self.scopes.module.bindings.get("__all__", ()):
            if binding.value is not None:
                found |= {
                    node.value
                    for node in ast.walk(binding.value)
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                }
        return frozenset(found)


def is_test(module: Module) -> bool:
    """Whether a module is part of the tests."""
    return _TEST.search(module.path.as_posix()) is not None


def tokens(text: str, offset: int = 0) -> list[Token]:
    """The tokens of a piece of an expression, as characters from ``offset``.

    Raises
    ------
    SyntaxError
        Where the piece cannot be tokenized by itself.

    """
    # a token's row is one of these rows; form feeds and the like end no line of Python's
    rows = text.replace("\r\n", " \n").replace("\r", "\n").split("\n")
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row) + 1)
    found: list[Token] = []
    readline = io.StringIO("\n".join(rows), newline="\n").readline
    try:
        for token in tokenize.generate_tokens(readline):
            start = starts[token.start[0] - 1] + token.start[1]
            end = starts[token.end[0] - 1] + token.end[1]
            found.append(Token(token.type, token.string, start + offset, end + offset))
    except tokenize.TokenError:
        pass  # an unfinished line at the end is what a piece of an expression looks like
    skipped = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    return [token for token in found if token.kind not in skipped]
