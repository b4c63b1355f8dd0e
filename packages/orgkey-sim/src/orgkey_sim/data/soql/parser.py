"""Text of a SOQL or SOSL statement -> its syntax tree, or the MALFORMED_QUERY Salesforce would answer with."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from orgkey_sim.data.errors import ApiError, at_position
from orgkey_sim.data.soql import dates
from orgkey_sim.data.soql.syntax import (
    AllOf,
    AnyOf,
    Call,
    Comparison,
    Condition,
    DateLiteral,
    Literal,
    Membership,
    Negation,
    Operand,
    Path,
    Query,
    Search,
    SelectItem,
    SortKey,
    Subquery,
    Value,
)

__all__ = ["MAX_LENGTH", "parse_search", "parse_soql"]

MAX_LENGTH: Final = 100_000
"""Longest statement, in characters ("SOQL and SOSL Limits")."""

_MAX_NESTING: Final = 100
_LONGEST_INTEGER: Final = 19
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_WORDS: Final = {"true": ("boolean", True), "false": ("boolean", False), "null": ("null", None)}


@lru_cache(maxsize=512)
def parse_soql(text: str) -> Query:
    """Parse one SELECT statement.

    Raises
    ------
    ApiError
        MALFORMED_QUERY that points at the offending token.
    """
    return cast("Query", _parse(text, "soql", "MALFORMED_QUERY"))


@lru_cache(maxsize=128)
def parse_search(text: str) -> Search:
    """Parse one FIND statement.

    Raises
    ------
    ApiError
        MALFORMED_SEARCH that points at the offending token.
    """
    return cast("Search", _parse(text, "sosl", "MALFORMED_SEARCH"))


@cache
def _grammar() -> Lark:
    text = files("orgkey_sim.data.soql").joinpath("grammar.lark").read_text("utf-8")
    return Lark(text, parser="lalr", start=["soql", "sosl"], transformer=_Builder())


def _parse(text: str, start: str, code: str) -> object:
    if len(text) > MAX_LENGTH:
        raise ApiError(400, "QUERY_TOO_COMPLICATED", f"SOQL statements cannot be longer than {MAX_LENGTH} characters.")
    if _nesting(text) > _MAX_NESTING:
        raise ApiError(400, "QUERY_TOO_COMPLICATED", "Query is either selecting too many fields or the filter "
                       "conditions are too complicated.")  # fmt: skip
    if not text.isascii():
        # Halves of surrogate pairs are no text, and the database takes none.
        text = text.encode("utf-8", "replace").decode()
    try:
        return _grammar().parse(text, start=start)
    except UnexpectedInput as error:
        raise ApiError(400, code, _explain(text, error)) from None
    except _BadLiteral as error:
        raise ApiError(400, code, at_position(text, error.position, str(error))) from None


def _nesting(text: str) -> int:
    deepest = depth = 0
    for bracket in re.findall(r"'(?:[^'\\]|\\.)*'|[()]", text, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(bracket, 0)
        deepest = max(deepest, depth)
    return deepest


def _explain(text: str, error: UnexpectedInput) -> str:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return _point_at(text, error.token.start_pos or 0, str(error.token))
    if isinstance(error, UnexpectedCharacters):
        position = cast("int", error.pos_in_stream)
        return _point_at(text, position, text[position])
    return at_position(text, len(text.rstrip()), "unexpected token: '<EOF>'")


def _point_at(text: str, position: int, token: str) -> str:
    known = {":": "Bind variables only allowed in Apex code", "'": "unterminated string literal"}
    return at_position(text, position, known.get(token, f"unexpected token: '{token}'"))


class _BadLiteral(ValueError):
    """A literal whose form is right and whose content is not."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.position = position


def _at(token: Token) -> int:
    return token.start_pos or 0


@v_args(inline=True)
class _Builder(Transformer[Token, Any]):
    """Turns the grammar's rules, bottom up, into syntax objects. Clauses come as (name, value) pairs."""

    def soql(self, query: Query) -> Query:
        return query

    def query(
        self, select: tuple[SelectItem | Subquery, ...], source: Token, alias: Token | None, *clauses: Any
    ) -> Query:
        settings = dict(clause for clause in clauses if clause is not None)
        return Query(select, str(source), _at(source), str(alias) if alias else None, **settings)

    def select_list(self, *items: SelectItem | Subquery) -> tuple[SelectItem | Subquery, ...]:
        return items

    def aliased(self, operand: Operand, alias: Token | None) -> SelectItem:
        return SelectItem(operand, str(alias) if alias else None)

    def subquery(self, query: Query) -> Subquery:
        return Subquery(query)

    def path(self, *parts: Token) -> Path:
        return Path(tuple(map(str, parts)), _at(parts[0]))

    def call(self, name: Token, argument: Operand | None) -> Call:
        return Call(str(name).upper(), argument, _at(name))

    def using(self, _scope: Token) -> None:
        return None

    def with_mode(self, _mode: Token) -> None:
        return None

    def for_clause(self, *_purposes: Token) -> None:
        return None

    def sosl_with(self, *_setting: object) -> None:
        return None

    def all_rows(self, _words: Token) -> tuple[str, bool]:
        return ("all_rows", True)

    def where(self, condition: Condition) -> tuple[str, Condition]:
        return ("where", condition)

    def group(self, *operands: Operand) -> tuple[str, tuple[Operand, ...]]:
        return ("group_by", operands)

    def having(self, condition: Condition) -> tuple[str, Condition]:
        return ("having", condition)

    def order(self, *keys: SortKey) -> tuple[str, tuple[SortKey, ...]]:
        return ("order_by", keys)

    def sort_key(self, operand: Operand, direction: Token | None, nulls: Token | None) -> SortKey:
        descending = direction is not None and direction.upper() == "DESC"
        return SortKey(operand, descending, None if nulls is None else nulls.upper() == "FIRST")

    def limit(self, count: Token) -> tuple[str, int]:
        return ("limit", _non_negative(count))

    def offset(self, count: Token) -> tuple[str, int]:
        return ("offset", _non_negative(count))

    def all_of(self, *terms: Condition) -> AllOf:
        return AllOf(terms)

    def any_of(self, *terms: Condition) -> AnyOf:
        return AnyOf(terms)

    def negation(self, term: Condition) -> Negation:
        return Negation(term)

    def comparison(self, operand: Operand, operator: Token, value: Value) -> Comparison:
        word = operator.upper()
        return Comparison(operand, "!=" if word == "<>" else word, value)

    def membership(self, operand: Operand, operator: Token, *values: Any) -> Membership:
        word = " ".join(operator.upper().split())
        inner = values[0] if isinstance(values[0], Query) else values
        return Membership(operand, word, inner)

    def string(self, token: Token) -> Literal:
        return Literal("string", _ESCAPE.sub(lambda found: _unescape(found, _at(token)), token[1:-1]), _at(token))

    def number(self, token: Token) -> Literal:
        whole = token.lstrip("+-").isdigit()
        return Literal("number", int(token) if whole and len(token) <= _LONGEST_INTEGER else float(token), _at(token))

    def date(self, token: Token) -> Literal:
        return Literal("date", _checked(dates.parse_date, token), _at(token))

    def datetime(self, token: Token) -> Literal:
        return Literal("datetime", _checked(dates.parse_datetime, token), _at(token))

    def word(self, name: Token, count: Token | None) -> Value:
        if count is None and name.lower() in _WORDS:
            kind, value = _WORDS[name.lower()]
            return Literal(kind, value, _at(name))
        if not dates.is_literal(name, counted=count is not None):
            message = f"unexpected token: '{name}'"
            raise _BadLiteral(message, _at(name))
        return DateLiteral(name.upper(), int(count or 0), _at(name))

    def sosl(self, term: Token, scope: Token | None, *rest: Any) -> Search:
        returning = tuple(each for each in rest if isinstance(each, Query))
        settings: dict[str, Any] = dict(each for each in rest if isinstance(each, tuple))
        return Search(term[1:-1], str(scope or "ALL").upper(), returning, settings.get("limit"))

    def returning(self, source: Token, *rest: Any) -> Query:
        select = tuple(SelectItem(each, None) for each in rest if isinstance(each, Path | Call))
        settings: dict[str, Any] = dict(each for each in rest if isinstance(each, tuple))
        return Query(select, str(source), _at(source), **settings)


def _unescape(found: re.Match[str], position: int) -> str:
    letter = found[1]
    if letter in "_%":
        # LIKE reads these escapes itself; elsewhere Salesforce drops the backslash, and so does the compiler.
        return found[0]
    if letter not in _ESCAPES:
        message = f"Illegal escape sequence '\\{letter}' in string literal"
        raise _BadLiteral(message, position)
    return "\\\\" if letter == "\\" else _ESCAPES[letter]


def _checked(read: Any, token: Token) -> str:
    try:
        return cast("str", read(str(token)))
    except ValueError:
        message = f"invalid date: {token}"
        raise _BadLiteral(message, _at(token)) from None


def _non_negative(token: Token) -> int:
    if not token.isdigit():
        message = f"unexpected token: '{token}'"
        raise _BadLiteral(message, _at(token))
    return min(int(token), 2**62)
