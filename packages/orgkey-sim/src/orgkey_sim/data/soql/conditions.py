"""WHERE and HAVING as SQL, with values checked against the fields they are compared to.

SOQL knows no third truth value: a comparison with an empty field is false, and its negation true. Hence the ``ifnull``
under each NOT. The ``+`` before a column keeps SQLite from using its index: a range that many records are in is read
faster in the order of creation, where a LIMIT ends it early.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

from orgkey_sim.data import ids
from orgkey_sim.data.soql import dates
from orgkey_sim.data.soql.scope import Column, Scope
from orgkey_sim.data.soql.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DateLiteral,
    Literal,
    Membership,
    Negation,
    Operand,
    Query,
    SelectItem,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Bound", "compile_condition"]

_LARGEST_INTEGER = 2**63


@dataclass(frozen=True, slots=True)
class Bound:
    """One edge of a date literal's span; its value depends on the day the query runs."""

    literal: DateLiteral
    end: bool
    as_datetime: bool

    def at(self, now: float) -> str:
        """The edge as the column stores it."""
        today = datetime.fromtimestamp(now, UTC).date()
        day = dates.literal_span(self.literal.name, self.literal.count, today)[self.end]
        return f"{day.isoformat()}T00:00:00.000+0000" if self.as_datetime else day.isoformat()


def compile_condition(condition: Condition, scope: Scope) -> str:
    """The SQL of a condition; its values go to the parameters of the scope's context."""
    match condition:
        case AllOf(terms):
            return "(" + " AND ".join(compile_condition(each, scope) for each in terms) + ")"
        case AnyOf(terms):
            return "(" + " OR ".join(compile_condition(each, scope) for each in terms) + ")"
        case Negation(term):
            return _not(compile_condition(term, scope))
        case Comparison(operand, operator, value):
            return _Test(scope, operand).compare(operator, value)
        case Membership(operand, operator, values):
            return _Test(scope, operand).membership(operator, values)


def _not(sql: str) -> str:
    return f"NOT ifnull({sql}, 0)"


class _Test:
    """One operand being tested."""

    def __init__(self, scope: Scope, operand: Operand) -> None:
        self._scope = scope
        self._context = scope.context
        self._column: Column = scope.resolve(operand)
        self._field = self._column.field
        self._position = operand.position
        if not self._field.comparable:
            self._refuse("INVALID_FIELD", f"field '{self._field.name}' can not be filtered in a query call")

    def compare(self, operator: str, value: Value) -> str:
        if operator == "LIKE":
            return f"+{self._column.sql} LIKE {self._pattern(value)} ESCAPE '\\'"
        if isinstance(value, DateLiteral):
            return self._span(operator, value)
        if _is_empty(value):
            if operator not in {"=", "!="}:
                self._refuse("INVALID_QUERY_FILTER_OPERATOR", "invalid operator on null value")
            return f"{self._column.sql} IS {'NOT ' if operator == '!=' else ''}NULL"
        if self._field.type in {"boolean", "multipicklist"} and operator not in {"=", "!="}:
            self._bad_operator()
        if operator == "=":
            return f"{self._column.sql} = {self._bind(value)}"
        return f"+{self._column.sql} {'IS NOT' if operator == '!=' else operator} {self._bind(value)}"

    def membership(self, operator: str, values: tuple[Value, ...] | Query) -> str:
        if operator in {"INCLUDES", "EXCLUDES"}:
            inside = self._includes(values)
            return inside if operator == "INCLUDES" else _not(inside)
        inside = self._semi_join(values) if isinstance(values, Query) else self._listed(values)
        return inside if operator == "IN" else _not(inside)

    def _listed(self, values: tuple[Value, ...]) -> str:
        spans = [self._span("=", each) for each in values if isinstance(each, DateLiteral)]
        plain = [each for each in values if isinstance(each, Literal)]
        full = [each for each in plain if not _is_empty(each)]
        tests = [f"{self._column.sql} IN ({', '.join(self._bind(each) for each in full)})"] if full else []
        if len(full) < len(plain):
            tests.append(f"{self._column.sql} IS NULL")
        return "(" + " OR ".join(spans + tests) + ")"

    def _span(self, operator: str, literal: DateLiteral) -> str:
        if self._field.type not in {"date", "datetime"}:
            self._wrong_type()
        start, end = (Bound(literal, edge, self._field.type == "datetime") for edge in (False, True))
        if operator in {"=", "!="}:
            self._context.parameters += [start, end]
            inside = f"({self._column.sql} >= ? AND {self._column.sql} < ?)"
            return inside if operator == "=" else _not(inside)
        sql_operator, edge = {"<": ("<", start), ">=": (">=", start), "<=": ("<", end), ">": (">=", end)}[operator]
        self._context.parameters.append(edge)
        return f"{self._column.sql} {sql_operator} ?"

    def _pattern(self, value: Value) -> str:
        if not self._field.kind.textual:
            self._bad_operator()
        self._context.parameters.append(self._text(value))
        return "?"

    def _includes(self, values: tuple[Value, ...] | Query) -> str:
        if self._field.type != "multipicklist" or isinstance(values, Query):
            self._bad_operator()
        return "(" + " OR ".join(self._has_all(self._text(each).split(";")) for each in values) + ")"

    def _has_all(self, wanted: Iterable[str]) -> str:
        patterns = [f"%;{each.strip()};%" for each in wanted]
        self._context.parameters += patterns
        test = f"';' || {self._column.sql} || ';' LIKE ? ESCAPE '\\'"
        return "(" + " AND ".join([test] * len(patterns)) + ")"

    def _text(self, value: Value) -> str:
        if not isinstance(value, Literal) or value.kind != "string":
            self._wrong_type()
        return str(value.value)

    def _semi_join(self, query: Query) -> str:
        inner = Scope(self._context, query)
        item = query.select[0]
        if len(query.select) != 1 or not isinstance(item, SelectItem):
            sentence = "semi join sub-selects must select exactly one field"
            self._context.refuse("MALFORMED_QUERY", query.source_position, sentence)
        column = inner.resolve(item.operand)
        if {self._field.type, column.field.type} - {"id", "reference"}:
            sentence = f"The inner and outer selects should not be on different types: {self._field.name}"
            self._refuse("MALFORMED_QUERY", sentence)
        tests = [*inner.visible(), f"{column.sql} IS NOT NULL"]
        if query.where:
            tests.append(compile_condition(query.where, inner))
        rows = f"SELECT {column.sql} {inner.tables()} WHERE {' AND '.join(tests)}"
        return f"{self._column.sql} IN ({rows})"

    def _bind(self, literal: Literal) -> str:
        """Check a literal against the column's type and return its placeholder."""
        if literal.kind != _literal_kind(self._column):
            self._wrong_type()
        self._context.parameters.append(self._stored(literal))
        return "?"

    def _stored(self, literal: Literal) -> object:
        """The value as the column stores it."""
        value = literal.value
        if self._field.type in {"id", "reference"}:
            if not ids.is_id(str(value)):
                self._refuse("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value}")
            return ids.to_18(str(value))
        if literal.kind == "string":
            return _without_escapes(str(value))
        if literal.kind == "boolean":
            return int(bool(value))
        return float(value) if isinstance(value, int) and abs(value) >= _LARGEST_INTEGER else value

    def _wrong_type(self) -> NoReturn:
        name = self._field.kind.soap.rpartition(":")[2]
        quotes = "should be" if name in {"string", "ID"} else "should not be"
        sentence = (
            f"value of filter criterion for field '{self._field.name}' must be of type {name} "
            f"and {quotes} enclosed in quotes"
        )
        self._refuse("INVALID_FIELD", sentence)

    def _bad_operator(self) -> NoReturn:
        self._refuse("INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {self._field.type} field")

    def _refuse(self, code: str, sentence: str) -> NoReturn:
        self._context.refuse(code, self._position, sentence)


def _literal_kind(column: Column) -> str:
    """The kind of literal that a column is compared with."""
    kind = column.field.kind
    if kind.textual or kind.name in {"id", "reference"}:
        return "string"
    return "number" if kind.numeric else kind.name


def _is_empty(literal: Literal) -> bool:
    """Whether a value means "nothing": Salesforce stores no empty text, so '' is null."""
    return literal.kind == "null" or (literal.kind == "string" and literal.value == "")


def _without_escapes(pattern: str) -> str:
    r"""The text of a string literal, in which the parser leaves the escapes that LIKE reads: ``\_ \% \\``."""
    return pattern.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") if "\\" in pattern else pattern
