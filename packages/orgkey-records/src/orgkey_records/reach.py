"""Which objects a query or search reads: what an allow-list needs to know of a statement that somebody else wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from orgkey_records.errors import InvalidInput

__all__ = ["Select", "objects_searched", "read_select"]

_TOKEN: Final = re.compile(
    r"""
    \s+
    | (?P<text>'(?:[^'\\]|\\.)*')
    | (?P<number>\d[\w:.+-]*)
    | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    | (?P<mark>[(),=<>!+\-*/:%^&|{}\[\]?.])
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
# What may follow an object's name in FROM and is no alias of it.
_AFTER_OBJECT: Final = frozenset(
    {"FROM", "SELECT", "USING", "WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "UPDATE", "ALL"}
)
_FIND: Final = re.compile(r"\s*FIND\s*(?:\{(?:[^{}\\]|\\.)*\}|'(?:[^'\\]|\\.)*')", re.IGNORECASE | re.DOTALL)
_DEEPEST: Final = 20


@dataclass(slots=True)
class Select:
    """One SELECT of a statement.

    Attributes
    ----------
    source:
        What stands behind FROM: an object, or in a subquery of the field list the name of child rows.
    alias:
        The other name that it goes by; empty where there is none.
    paths:
        The dotted names in it, in parts: what they lead through is all but the last.
    children:
        The subqueries of its field list.
    joins:
        The subqueries of its conditions, which name objects.

    """

    source: str = ""
    alias: str = ""
    paths: list[tuple[str, ...]] = field(default_factory=list)
    children: list[Select] = field(default_factory=list)
    joins: list[Select] = field(default_factory=list)


def read_select(statement: str) -> Select:
    """The parts of a SOQL statement that name objects.

    It knows less of SOQL than Salesforce does. Raises :class:`InvalidInput` for anything it cannot be sure of.
    """
    tokens = _Tokens(statement)
    if tokens.take().upper() != "SELECT":
        raise _unsure("it does not begin with SELECT")
    select = _select(tokens, depth=0)
    if not tokens.at_end:
        raise _unsure("a parenthesis is closed that was never opened")
    return select


def objects_searched(search: str) -> dict[str, list[tuple[str, ...]]]:
    """The objects that a SOSL statement returns, each with the dotted names that are asked of it."""
    head = _FIND.match(search)
    if head is None:
        raise _unsure("it does not begin with FIND {...}")
    tokens = _Tokens(search[head.end() :])
    while not tokens.at_end and tokens.take().upper() != "RETURNING":
        pass
    found: dict[str, list[tuple[str, ...]]] = {}
    while not tokens.at_end:
        name = tokens.take()
        paths = found.setdefault(name, [])
        if tokens.peek() == "(":
            tokens.take()
            _skim(tokens, paths)
        if tokens.peek() != ",":
            break
        tokens.take()
    if not found:
        raise _unsure("it does not say what it returns; add RETURNING with the objects")
    return found


def _skim(tokens: _Tokens, paths: list[tuple[str, ...]]) -> None:
    depth = 1
    while depth:
        token = tokens.take()
        depth += (token == "(") - (token == ")")  # noqa: S105  # a parenthesis
        if token.upper() in {"SELECT", "TYPEOF"}:
            raise _unsure(f"{token.upper()} stands in it")
        if "." in token[1:] and token[0].isalpha():
            paths.append(tuple(token.split(".")))


class _Tokens:
    """The words and marks of a statement. Texts and numbers are left out: they name nothing."""

    def __init__(self, statement: str) -> None:
        self._tokens: list[str] = []
        self._at = position = 0
        while position < len(statement):
            match = _TOKEN.match(statement, position)
            if match is None:
                raise _unsure(f"{statement[position]!a} stands at character {position + 1}")
            position = match.end()
            if match["name"] or match["mark"]:
                self._tokens.append(match[0])

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._tokens)

    def peek(self) -> str:
        return "" if self.at_end else self._tokens[self._at]

    def take(self) -> str:
        if self.at_end:
            raise _unsure("it ends in the middle")
        self._at += 1
        return self._tokens[self._at - 1]


def _select(tokens: _Tokens, depth: int) -> Select:
    """What follows a SELECT, up to its end or to the parenthesis that closes it, which is taken."""
    if depth > _DEEPEST:
        raise _unsure("its subqueries are nested too deep")
    select, opened = Select(), 0
    while not tokens.at_end:
        token = tokens.take()
        if token == "(":  # noqa: S105  # a parenthesis
            opened += _read_parenthesis(tokens, select, depth)
        elif token != ")":  # noqa: S105
            _read_word(token, tokens, select, opened)
        elif opened:
            opened -= 1
        elif depth:
            return _complete(select)
        else:
            raise _unsure("a parenthesis is closed that was never opened")
    if depth or opened:
        raise _unsure("a parenthesis is not closed")
    return _complete(select)


def _read_parenthesis(tokens: _Tokens, select: Select, depth: int) -> int:
    """Read a subquery whole. Returns how many parentheses are left open: none after a subquery, else one."""
    if tokens.peek().upper() != "SELECT":
        return 1
    tokens.take()
    (select.joins if select.source else select.children).append(_select(tokens, depth + 1))
    return 0


def _read_word(token: str, tokens: _Tokens, select: Select, opened: int) -> None:
    word = token.upper()
    if word in {"SELECT", "TYPEOF"}:
        raise _unsure(f"{word} stands where it is not expected")
    if word == "FROM" and not opened:
        _read_source(tokens, select)
    elif "." in token and token[0].isalpha():
        select.paths.append(tuple(token.split(".")))


def _read_source(tokens: _Tokens, select: Select) -> None:
    if select.source:
        raise _unsure("FROM stands in it twice")
    select.source = tokens.take()
    following = tokens.peek()
    if following.upper() == "AS":
        tokens.take()
        following = tokens.peek()
    if following[:1].isalpha() and following.upper() not in _AFTER_OBJECT:
        select.alias = tokens.take()
    if tokens.peek() == ",":
        raise _unsure("FROM has several sources; use dotted fields such as Account.Name")


def _complete(select: Select) -> Select:
    if not select.source or not select.source[0].isalpha():
        raise _unsure("a SELECT has no FROM")
    return select


def _unsure(why: str) -> InvalidInput:
    return InvalidInput(
        f"Only some objects may be read here, and which ones this statement reads cannot be told: {why}. Rewrite it."
    )
