"""What a query sees: its object, the relationships it follows, and the operands it names, as SQL."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn

from orgkey_sim.data.errors import ApiError, at_position
from orgkey_sim.data.schema import Field
from orgkey_sim.data.soql.syntax import Call, Operand, Path, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orgkey_sim.data.schema import Schema, SObject

__all__ = ["AGGREGATES", "Column", "Context", "Scope"]

AGGREGATES: Final = {
    "COUNT": "COUNT({})",
    "COUNT_DISTINCT": "COUNT(DISTINCT {})",
    "SUM": "SUM({})",
    "AVG": "AVG({})",
    "MIN": "MIN({})",
    "MAX": "MAX({})",
}
_NUMERIC_ONLY: Final = {"SUM", "AVG"}
_CALENDAR: Final = {
    "CALENDAR_YEAR": "CAST(substr({}, 1, 4) AS INTEGER)",
    "CALENDAR_QUARTER": "((CAST(substr({}, 6, 2) AS INTEGER) + 2) / 3)",
    "CALENDAR_MONTH": "CAST(substr({}, 6, 2) AS INTEGER)",
}
_DATE_FUNCTIONS: Final = {
    **_CALENDAR,
    **{name.replace("CALENDAR", "FISCAL"): sql for name, sql in _CALENDAR.items()},
    "DAY_IN_MONTH": "CAST(substr({}, 9, 2) AS INTEGER)",
    "HOUR_IN_DAY": "CAST(substr({}, 12, 2) AS INTEGER)",
    "DAY_ONLY": "substr({}, 1, 10)",
}
_MAX_LEVELS: Final = 5
"""How many parents up a path may go ("Understanding Relationship Query Limitations")."""

_PASS_THROUGH: Final = {"TOLABEL", "FORMAT", "CONVERTCURRENCY", "CONVERTTIMEZONE"}
_NUMBER: Final = Field("expr", "int")
_DAY: Final = Field("expr", "date")
_HINT: Final = (
    " If you are attempting to use a custom {what}, be sure to append the '{suffix}' after the {after}. "
    "Please reference your WSDL or the describe call for the appropriate names."
)
_FIELD_HINT: Final = _HINT.format(what="field", suffix="__c", after="custom field name")
_OBJECT_HINT: Final = _HINT.format(what="object", suffix="__c", after="entity name")
_RELATIONSHIP_HINT: Final = _HINT.format(what="relationship", suffix="__r", after="custom relationship name")


@dataclass(slots=True)
class Context:
    """What stays the same while one statement is compiled.

    ``table`` makes sure that an object's table exists and returns its quoted name. ``parameters`` collects the values
    of placeholders in the order in which they are written.
    """

    text: str
    schema: Schema
    table: Callable[[SObject], str]
    include_deleted: bool
    parameters: list[object] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def refuse(self, code: str, position: int, sentence: str) -> NoReturn:
        """Refuse the statement, pointing at ``position``."""
        raise ApiError(400, code, at_position(self.text, position, sentence))

    def refuse_child(self, name: str, position: int) -> NoReturn:
        """Refuse a subquery of children there are not."""
        sentence = f"Didn't understand relationship '{name}' in FROM part of query call.{_RELATIONSHIP_HINT}"
        self.refuse("INVALID_TYPE", position, sentence)

    def next_alias(self) -> str:
        """A table alias that nothing else in the statement has."""
        return f"t{next(self.numbers)}"


@dataclass(frozen=True, slots=True)
class Column:
    """An operand resolved: its SQL, and the field whose type it has."""

    sql: str
    field: Field
    aggregate: bool = False


class Scope:
    """The tables one query sees: its object under `alias`, and a join for each relationship it follows."""

    def __init__(self, context: Context, query: Query) -> None:
        sobject = context.schema.get(query.source)
        if sobject is None:
            sentence = f"sObject type '{query.source}' is not supported.{_OBJECT_HINT}"
            context.refuse("INVALID_TYPE", query.source_position, sentence)
        self.context = context
        self.sobject = sobject
        self.alias = context.next_alias()
        self._names = {each.lower() for each in (query.alias, sobject.name) if each}
        self._joins: dict[tuple[str, ...], tuple[str, SObject, str]] = {}

    def tables(self) -> str:
        """FROM with its joins; to be asked for when all operands are resolved."""
        joins = "".join(
            f' LEFT JOIN {self.context.table(sobject)} {alias} ON {alias}."Id" = {key}'
            for alias, sobject, key in self._joins.values()
        )
        return f"FROM {self.context.table(self.sobject)} {self.alias}{joins}"

    def visible(self) -> list[str]:
        """The condition that hides deleted records, unless they are wanted."""
        return [] if self.context.include_deleted else [f'{self.alias}."IsDeleted" = 0']

    def join(self, path: Path, depth: int) -> tuple[str, SObject]:
        """The alias and object that the first ``depth`` relationships of ``path`` lead to."""
        if depth == 0:
            return self.alias, self.sobject
        key = tuple(part.lower() for part in path.parts[:depth])
        known = self._joins.get(key)
        if known is None:
            alias, sobject = self.join(path, depth - 1)
            name = path.parts[depth - 1]
            reference = sobject.relationship(name)
            target = self.context.schema.get(reference.reference_to[0]) if reference else None
            if reference is None or target is None:
                sentence = f"Didn't understand relationship '{name}' in field path.{_RELATIONSHIP_HINT}"
                self.context.refuse("INVALID_FIELD", path.position, sentence)
            known = self._joins[key] = (self.context.next_alias(), target, f'{alias}."{reference.name}"')
        return known[0], known[1]

    def path_of(self, operand: Operand) -> Path:
        """The field path inside an operand, without the object's own name or alias in front."""
        while isinstance(operand, Call):
            if operand.argument is None:
                self.context.refuse("MALFORMED_QUERY", operand.position, f"unexpected token: '{operand.name}'")
            operand = operand.argument
        if len(operand.parts) > 1 and operand.parts[0].lower() in self._names:
            operand = Path(operand.parts[1:], operand.position)
        if len(operand.parts) > _MAX_LEVELS + 1:
            sentence = f"A field path cannot follow more than {_MAX_LEVELS} relationships"
            self.context.refuse("MALFORMED_QUERY", operand.position, sentence)
        return operand

    def resolve(self, operand: Operand) -> Column:
        """The SQL of a field or function."""
        return self._column(self.path_of(operand)) if isinstance(operand, Path) else self._call(operand)

    def _column(self, path: Path) -> Column:
        alias, sobject = self.join(path, len(path.parts) - 1)
        found = sobject.field(path.parts[-1])
        if found is None:
            sentence = f"No such column '{path.parts[-1]}' on entity '{sobject.name}'.{_FIELD_HINT}"
            self.context.refuse("INVALID_FIELD", path.position, sentence)
        return Column(f'{alias}."{found.name}"', found)

    def _call(self, call: Call) -> Column:
        if call.is_row_count:
            return Column("COUNT(*)", _NUMBER, aggregate=True)
        if call.argument is None or call.name not in _FUNCTIONS:
            self.context.refuse("MALFORMED_QUERY", call.position, f"unexpected token: '{call.name}'")
        inner = self.resolve(call.argument)
        if call.name in _PASS_THROUGH:
            return inner
        return self._aggregate(call, inner) if call.name in AGGREGATES else self._date_function(call, inner)

    def _aggregate(self, call: Call, inner: Column) -> Column:
        kind = inner.field.kind
        if kind.name == "base64" or inner.aggregate or (call.name in _NUMERIC_ONLY and not kind.numeric):
            sentence = f"field {inner.field.name} does not support aggregate operator {call.name}"
            self.context.refuse("MALFORMED_QUERY", call.position, sentence)
        result = _NUMBER if call.name.startswith("COUNT") else inner.field
        return Column(AGGREGATES[call.name].format(inner.sql), result, aggregate=True)

    def _date_function(self, call: Call, inner: Column) -> Column:
        if inner.field.type not in {"date", "datetime"}:
            sentence = f"field {inner.field.name} does not support date function {call.name}"
            self.context.refuse("INVALID_FIELD", call.position, sentence)
        return Column(_DATE_FUNCTIONS[call.name].format(inner.sql), _DAY if call.name == "DAY_ONLY" else _NUMBER)


_FUNCTIONS: Final = AGGREGATES.keys() | _DATE_FUNCTIONS.keys() | _PASS_THROUGH
