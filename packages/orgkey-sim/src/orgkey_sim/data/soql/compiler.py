"""A parsed query -> SQL over the org's tables, and the plan that turns rows back into records.

What Salesforce refuses while it analyses a query (unknown fields and relationships, values of the wrong type, operators
a field does not take) is refused here, in its words.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from orgkey_sim.data.errors import ApiError
from orgkey_sim.data.soql.conditions import Bound, compile_condition
from orgkey_sim.data.soql.scope import AGGREGATES, Context, Scope
from orgkey_sim.data.soql.syntax import Call, Path, Query, SelectItem, SortKey, Subquery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orgkey_sim.data.schema import Field, Schema, SObject

__all__ = ["ChildPlan", "Node", "Statement", "compile_query"]

_MAX_OFFSET: Final = 2000
_MAX_FIELDS_LIMIT: Final = 200
_FIELDS: Final = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}


@dataclass(slots=True)
class ChildPlan:
    """A subquery in the SELECT list, run once per parent row with the parent's id as its first parameter."""

    name: str
    statement: Statement


@dataclass(slots=True)
class Node:
    """How a stretch of a row becomes a record.

    ``columns`` are name, place in the row, and field. ``parents`` and ``children`` are the records inside it.
    """

    sobject: SObject
    id_index: int = 0
    columns: list[tuple[str, int, Field]] = field(default_factory=list)
    parents: dict[str, Node] = field(default_factory=dict)
    children: list[ChildPlan] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Statement:
    """A query ready to run.

    ``kind`` is rows, count or groups. ``columns`` are SQL expressions, the record id first where there are records;
    ``tables`` is FROM with its joins, in which the query's own object is ``alias``; ``where`` and ``tail`` (grouping
    and order) follow, and ``parameters`` belong to those two in order. `Bound` ones are dated when the statement runs.
    """

    kind: str
    query: Query
    root: Node
    alias: str
    columns: list[str]
    tables: str
    where: str
    tail: str
    parameters: list[object]

    def sql(self, columns: Sequence[str] | None = None) -> str:
        """The SELECT without LIMIT, of all its columns or of others."""
        return f"SELECT {', '.join(columns or self.columns)} {self.tables}{self.where}{self.tail}"

    def narrowed(self, condition: str, parameters: Sequence[object]) -> Statement:
        """A statement for those of its rows that also meet an SQL condition."""
        where = f" WHERE {condition}" + self.where.replace(" WHERE ", " AND ", 1)
        return replace(self, where=where, parameters=[*parameters, *self.parameters])

    def bind(self, now: float) -> list[object]:
        """The parameters, with date literals resolved at ``now`` (epoch seconds)."""
        return [each.at(now) if isinstance(each, Bound) else each for each in self.parameters]


def compile_query(
    query: Query, text: str, schema: Schema, table: Callable[[SObject], str], *, include_deleted: bool = False
) -> Statement:
    """Compile ``query``, whose source is ``text``.

    ``table`` makes sure that an object's table exists and returns its quoted name. Deleted records are seen only
    when ``include_deleted`` says so, or the query itself (ALL ROWS).

    Raises
    ------
    ApiError
        as Salesforce words it.
    """
    context = Context(text, schema, table, include_deleted or query.all_rows)
    return _Compiler(context, query).statement()


class _Compiler:
    """Compiles one SELECT. ``parent_field`` is the field that points at the parent, for a query of its children."""

    def __init__(self, context: Context, query: Query, parent_field: Field | None = None) -> None:
        self._context = context
        self._query = query
        self._scope = Scope(context, query)
        self._root = Node(self._scope.sobject)
        self._columns: list[str] = []
        self._parent_field = parent_field

    def statement(self) -> Statement:
        query, scope = self._query, self._scope
        if query.offset > _MAX_OFFSET:
            raise ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {_MAX_OFFSET}")
        kind = self._select()
        conditions = [f'{scope.alias}."{self._parent_field.name}" = ?'] if self._parent_field else []
        conditions += scope.visible()
        if query.where:
            conditions.append(compile_condition(query.where, scope))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        tail = self._grouping() + self._order(kind)
        return Statement(
            kind, query, self._root, scope.alias, self._columns, scope.tables(), where, tail, self._context.parameters
        )

    # -- SELECT -----------------------------------------------------------------------------------------------------

    def _select(self) -> str:
        """Fill in the columns and say of which kind the statement is."""
        items = self._expanded()
        calls = [each.operand for each in items if isinstance(each, SelectItem) and isinstance(each.operand, Call)]
        if len(items) == 1 and calls and calls[0].is_row_count:
            self._columns.append("COUNT(*)")
            return "count"
        if self._query.group_by or any(each.name in AGGREGATES for each in calls):
            self._select_groups(items)
            return "groups"
        self._columns.append(f'{self._scope.alias}."Id"')
        for item in items:
            if isinstance(item, Subquery):
                self._root.children.append(self._child(item.query))
            else:
                self._select_field(item)
        return "rows"

    def _expanded(self) -> list[SelectItem | Subquery]:
        """The SELECT list with FIELDS() written out."""
        items: list[SelectItem | Subquery] = []
        for item in self._query.select:
            operand = item.operand if isinstance(item, SelectItem) else None
            if isinstance(operand, Call) and operand.name == "FIELDS":
                items += self._all_fields(operand)
            else:
                items.append(item)
        return items

    def _all_fields(self, call: Call) -> list[SelectItem]:
        which, limit = str(call.argument).upper(), self._query.limit
        if which not in _FIELDS:
            sentence = "FIELDS function must have ALL, STANDARD or CUSTOM"
            self._context.refuse("MALFORMED_QUERY", call.position, sentence)
        if which != "STANDARD" and (limit is None or limit > _MAX_FIELDS_LIMIT):
            sentence = f"The SOQL FIELDS function must have a LIMIT of at most {_MAX_FIELDS_LIMIT}"
            self._context.refuse("MALFORMED_QUERY", call.position, sentence)
        return [
            SelectItem(Path((each.name,), call.position), None)
            for each in self._scope.sobject.fields.values()
            if each.custom in _FIELDS[which]
        ]

    def _select_field(self, item: SelectItem) -> None:
        column = self._scope.resolve(item.operand)
        path = self._scope.path_of(item.operand)
        if item.alias and isinstance(item.operand, Path):
            sentence = "only aggregate expressions use field aliasing"
            self._context.refuse("MALFORMED_QUERY", path.position, sentence)
        node = self._node_of(path)
        name = item.alias or column.field.name
        if any(name == taken for taken, _, _ in node.columns):
            self._context.refuse("INVALID_FIELD", path.position, f"duplicate field selected: {path}")
        self._columns.append(column.sql)
        node.columns.append((name, len(self._columns) - 1, column.field))

    def _node_of(self, path: Path) -> Node:
        """The node of the record that a path's last part is a field of."""
        node = self._root
        for depth, written in enumerate(path.parts[:-1], 1):
            alias, sobject = self._scope.join(path, depth)
            reference = node.sobject.relationship(written)
            name = reference.followed_as if reference else written
            if name not in node.parents:
                self._columns.append(f'{alias}."Id"')
                node.parents[name] = Node(sobject, len(self._columns) - 1)
            node = node.parents[name]
        return node

    def _select_groups(self, items: list[SelectItem | Subquery]) -> None:
        grouped = {self._scope.resolve(each).sql for each in self._query.group_by}
        unnamed = 0
        for item in items:
            if isinstance(item, Subquery):
                sentence = "Grouped query cannot use child relationships in the SELECT list"
                self._context.refuse("MALFORMED_QUERY", item.query.source_position, sentence)
            column = self._scope.resolve(item.operand)
            if not column.aggregate and column.sql not in grouped:
                sentence = f"Field must be grouped or aggregated: {item.operand}"
                self._context.refuse("MALFORMED_QUERY", item.operand.position, sentence)
            name = item.alias or (column.field.name if isinstance(item.operand, Path) else "")
            if not name:
                name, unnamed = f"expr{unnamed}", unnamed + 1
            self._columns.append(column.sql)
            self._root.columns.append((name, len(self._columns) - 1, column.field))

    def _child(self, query: Query) -> ChildPlan:
        known = self._context.schema.children(self._scope.sobject.name).get(query.source.lower())
        child = self._context.schema.get(known.child) if known else None
        if known is None or child is None:
            self._context.refuse_child(query.source, query.source_position)
        context = replace(self._context, parameters=[])
        statement = _Compiler(context, replace(query, source=child.name), child.field(known.field)).statement()
        if statement.kind != "rows":
            sentence = "Aggregate functions are not allowed in a nested query"
            self._context.refuse("MALFORMED_QUERY", query.source_position, sentence)
        return ChildPlan(known.name, statement)

    # -- GROUP BY and ORDER BY --------------------------------------------------------------------------------------

    def _grouping(self) -> str:
        query = self._query
        if not query.group_by:
            return ""
        grouping = " GROUP BY " + ", ".join(self._scope.resolve(each).sql for each in query.group_by)
        return f"{grouping} HAVING {compile_condition(query.having, self._scope)}" if query.having else grouping

    def _order(self, kind: str) -> str:
        keys = [self._sort_key(each) for each in self._query.order_by]
        if kind == "rows":
            keys.append(f"{self._scope.alias}._n")
        return " ORDER BY " + ", ".join(keys) if keys and kind != "count" else ""

    def _sort_key(self, key: SortKey) -> str:
        column = self._scope.resolve(key.operand)
        if not column.field.sortable:
            sentence = f"field '{column.field.name}' can not be sorted in a query call"
            self._context.refuse("INVALID_FIELD", key.operand.position, sentence)
        nulls = "LAST" if key.nulls_first is False else "FIRST"
        return f"{column.sql}{' DESC' if key.descending else ''} NULLS {nulls}"
