"""What a parsed SOQL or SOSL statement is made of. Positions are offsets into the statement's text."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "AllOf",
    "AnyOf",
    "Call",
    "Comparison",
    "Condition",
    "DateLiteral",
    "Literal",
    "Membership",
    "Negation",
    "Operand",
    "Path",
    "Query",
    "Search",
    "SelectItem",
    "SortKey",
    "Subquery",
    "Value",
]


@dataclass(frozen=True, slots=True)
class Path:
    """A field, maybe through relationships: ``Account.Owner.Name``."""

    parts: tuple[str, ...]
    position: int

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of nothing or of one operand: ``COUNT()``, ``MAX(Amount)``, ``FIELDS(ALL)``."""

    name: str
    argument: Operand | None
    position: int

    @property
    def is_row_count(self) -> bool:
        """Whether it is ``COUNT()``, which counts rows."""
        return self.name == "COUNT" and self.argument is None


Operand = Path | Call


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in the text: ``kind`` is string, number, date, datetime, boolean or null."""

    kind: str
    value: object
    position: int


@dataclass(frozen=True, slots=True)
class DateLiteral:
    """A span named relative to today: ``TODAY``, ``LAST_N_DAYS:30``."""

    name: str
    count: int
    position: int


Value = Literal | DateLiteral


@dataclass(frozen=True, slots=True)
class Comparison:
    """``operand operator value``; the operator is =, !=, <, <=, >, >= or LIKE."""

    operand: Operand
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Membership:
    """``operand operator (values or subquery)``; the operator is IN, NOT IN, INCLUDES or EXCLUDES."""

    operand: Operand
    operator: str
    values: tuple[Value, ...] | Query


@dataclass(frozen=True, slots=True)
class Negation:
    """NOT."""

    term: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """AND."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """OR."""

    terms: tuple[Condition, ...]


Condition = Comparison | Membership | Negation | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class SelectItem:
    """One selected operand and the alias it was given."""

    operand: Operand
    alias: str | None


@dataclass(frozen=True, slots=True)
class Subquery:
    """A query of child records inside the SELECT list."""

    query: Query


@dataclass(frozen=True, slots=True)
class SortKey:
    """One ORDER BY term. ``nulls_first`` is ``None`` when the text does not say."""

    operand: Operand
    descending: bool
    nulls_first: bool | None


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT statement."""

    select: tuple[SelectItem | Subquery, ...]
    source: str
    source_position: int
    alias: str | None = None
    where: Condition | None = None
    group_by: tuple[Operand, ...] = ()
    having: Condition | None = None
    order_by: tuple[SortKey, ...] = ()
    limit: int | None = None
    offset: int = 0
    all_rows: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A FIND statement. ``scope`` is ALL, NAME, EMAIL, PHONE or SIDEBAR."""

    term: str
    scope: str
    returning: tuple[Query, ...]
    limit: int | None
