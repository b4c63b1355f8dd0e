"""Running queries: pages of records, and the cursors behind ``nextRecordsUrl``."""

from __future__ import annotations

import re
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.data.errors import ApiError
from orgkey_sim.data.store import ROW_NUMBER, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from orgkey_sim.data.ids import IdSequence
    from orgkey_sim.data.schema import Schema, SObject
    from orgkey_sim.data.soql.compiler import Node, Statement
    from orgkey_sim.data.soql.syntax import Query

__all__ = ["DEFAULT_BATCH", "DEFAULT_VERSION", "MAX_BATCH", "MIN_BATCH", "Page", "Queries", "Record", "Snapshot"]

MIN_BATCH: Final = 200
MAX_BATCH: Final = 2000
DEFAULT_BATCH: Final = 2000
DEFAULT_VERSION: Final = "59.0"

_MAX_CURSORS: Final = 200
_CURSOR_LIFETIME: Final = 2 * 24 * 3600.0
_CURSOR_PREFIX: Final = "01g"
_LOCATOR: Final = re.compile(r"(01g[0-9A-Za-z]{15})-(\d{1,9})")
_COMPILED: Final = 256
_INTEGER_BYTES: Final = "I"

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a query's records. ``locator`` asks for those that follow, and is ``None`` on the last page."""

    total_size: int
    records: list[Record]
    locator: str | None = None

    @property
    def done(self) -> bool:
        """Whether nothing follows."""
        return self.locator is None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a query matched when it ran, as row numbers in its order. Records are read as they are when asked for."""

    statement: Statement
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A snapshot that is read in pages of ``batch``. ``opened`` is in epoch seconds."""

    snapshot: Snapshot
    batch: int
    opened: float


class Queries:
    """Compiles, runs and pages the queries of one org.

    Parser and compiler are imported with the first query, so that an org that is only logged in to starts fast.
    """

    def __init__(self, now: Callable[[], float], schema: Schema, store: Store, sequence: IdSequence) -> None:
        self._now = now
        self._schema = schema
        self._store = store
        self._sequence = sequence
        self._compiled: OrderedDict[tuple[str, bool, int, int], Statement] = OrderedDict()
        self._cursors: OrderedDict[str, _Cursor] = OrderedDict()

    def compile(self, soql: str, *, include_deleted: bool = False) -> Statement:
        """The statement for ``soql``; statements asked for lately are kept compiled."""
        key = (soql, include_deleted, self._schema.version, self._store.lost_tables)
        statement = self._compiled.get(key)
        if statement is None:
            from orgkey_sim.data.soql.parser import parse_soql

            statement = self.compile_parsed(parse_soql(soql), soql, include_deleted=include_deleted)
            self._compiled[key] = statement
            if len(self._compiled) > _COMPILED:
                self._compiled.popitem(last=False)
        return statement

    def compile_parsed(self, query: Query, text: str, *, include_deleted: bool = False) -> Statement:
        """The statement for a query that is already parsed."""
        from orgkey_sim.data.soql.compiler import compile_query

        return compile_query(query, text, self._schema, self._store.table, include_deleted=include_deleted)

    def one(self, sobject: SObject, record_id: str, fields: Iterable[str], *, version: str = DEFAULT_VERSION) -> Record:
        """The named fields, or paths, of a record that is there."""
        from orgkey_sim.data.soql.syntax import Comparison, Literal, Path, Query, SelectItem

        select = tuple(SelectItem(Path(tuple(name.split(".")), 0), None) for name in fields)
        same_id = Comparison(Path(("Id",), 0), "=", Literal("string", record_id, 0))
        query = Query(select, sobject.name, 0, where=same_id)
        return self.run(self.compile_parsed(query, ""), version=version).records[0]

    def run(self, statement: Statement, *, batch: int = DEFAULT_BATCH, version: str = DEFAULT_VERSION) -> Page:
        """The first page: at most ``batch`` records, with links for API ``version``."""
        limit = statement.query.limit
        parameters = statement.bind(self._now())
        if statement.kind == "count":
            ((count,),) = self._store.select(statement.sql(), parameters)
            return Page(count if limit is None else min(count, limit), [])
        fetch = batch + 1 if limit is None else min(limit, batch + 1)
        window = [fetch, statement.query.offset]
        rows = self._store.select(f"{statement.sql()} LIMIT ? OFFSET ?", [*parameters, *window])
        if len(rows) <= batch:
            return Page(len(rows), self._shape(statement, rows, version))
        if statement.kind == "groups":
            message = (
                "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
            )
            raise ApiError(400, "EXCEEDED_ID_LIMIT", message)
        return self._open_cursor(statement, parameters, rows[:batch], version)

    def more(self, locator: str, *, version: str = DEFAULT_VERSION) -> Page:
        """The page that ``locator`` asks for.

        Raises
        ------
        ApiError
            INVALID_QUERY_LOCATOR for one that was never given out, or whose cursor is closed.
        """
        found = _LOCATOR.fullmatch(locator)
        cursor = self._cursors.get(found[1]) if found else None
        start = int(found[2]) if found else 0
        if found is None or cursor is None or start >= len(cursor.snapshot.numbers) or self._expired(cursor):
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        records = self.records(cursor.snapshot, start, cursor.batch, version=version)
        return self._page(found[1], cursor, start + cursor.batch, records)

    def snapshot(self, statement: Statement, parameters: list[object] | None = None) -> Snapshot:
        """Run a query of records and note which it matches."""
        bound = statement.bind(self._now()) if parameters is None else parameters
        window = [-1 if statement.query.limit is None else statement.query.limit, statement.query.offset]
        sql = f"{statement.sql([f'{statement.alias}.{ROW_NUMBER}'])} LIMIT ? OFFSET ?"
        return Snapshot(statement, _compact([number for (number,) in self._store.select(sql, [*bound, *window])]))

    def records(self, snapshot: Snapshot, start: int, count: int, *, version: str = DEFAULT_VERSION) -> list[Record]:
        """At most ``count`` records of a snapshot, from ``start`` on; records deleted since are left out."""
        statement, numbers = snapshot.statement, snapshot.numbers[start : start + count]
        number = f"{statement.alias}.{ROW_NUMBER}"
        columns = ", ".join([*statement.columns, number])
        found: list[Record] = []
        for first in range(0, len(numbers), MAX_BATCH):
            wanted = numbers[first : first + MAX_BATCH]
            marks = ",".join("?" * len(wanted))
            sql = f"SELECT {columns} {statement.tables} WHERE {number} IN ({marks})"
            by_number = {row[-1]: row for row in self._store.select(sql, list(wanted))}
            found += self._shape(statement, [by_number[each] for each in wanted if each in by_number], version)
        return found

    def _expired(self, cursor: _Cursor) -> bool:
        return self._now() - cursor.opened > _CURSOR_LIFETIME

    def _open_cursor(
        self, statement: Statement, parameters: list[object], rows: list[tuple[Any, ...]], version: str
    ) -> Page:
        cursor = _Cursor(self.snapshot(statement, parameters), len(rows), self._now())
        name = self._sequence.take(_CURSOR_PREFIX)
        self._cursors[name] = cursor
        if len(self._cursors) > _MAX_CURSORS:
            self._cursors.popitem(last=False)
        return self._page(name, cursor, len(rows), self._shape(statement, rows, version))

    def _page(self, name: str, cursor: _Cursor, read: int, records: list[Record]) -> Page:
        total = len(cursor.snapshot.numbers)
        return Page(total, records, f"{name}-{read}" if read < total else None)

    def _shape(self, statement: Statement, rows: list[tuple[Any, ...]], version: str) -> list[Record]:
        base = f"/services/data/v{version}/sobjects/"
        if statement.kind == "groups":
            return [_group(statement.root, row) for row in rows]
        return self._shape_node(statement.root, rows, base)

    def _shape_node(self, node: Node, rows: list[tuple[Any, ...]], base: str) -> list[Record]:
        name = node.sobject.name
        url = f"{base}{name}/"
        columns = [(column, index) for column, index, _ in node.columns]
        records: list[Record] = []
        for row in rows:
            record: Record = {"attributes": {"type": name, "url": url + row[node.id_index]}}
            for column, index in columns:
                record[column] = row[index]
            records.append(record)
        self._restore_types(node, rows, records, url)
        for relationship, parent in node.parents.items():
            self._attach_parents(relationship, parent, rows, records, base)
        for child in node.children:
            for row, record in zip(rows, records, strict=True):
                record[child.name] = self._children(child.statement, row[node.id_index], base)
        return records

    def _restore_types(self, node: Node, rows: list[tuple[Any, ...]], records: list[Record], url: str) -> None:
        """Give back what SQLite has no type for: booleans, and the links that stand for stored files."""
        for column, index, field in node.columns:
            if field.type == "boolean":
                for row, record in zip(rows, records, strict=True):
                    record[column] = bool(row[index])
            elif field.type == "base64":
                for row, record in zip(rows, records, strict=True):
                    record[column] = None if row[index] is None else f"{url}{row[node.id_index]}/{field.name}"

    def _attach_parents(
        self, relationship: str, parent: Node, rows: list[tuple[Any, ...]], records: list[Record], base: str
    ) -> None:
        present = [(row, record) for row, record in zip(rows, records, strict=True) if row[parent.id_index]]
        for record in records:
            record[relationship] = None
        shaped = self._shape_node(parent, [row for row, _ in present], base)
        for (_, record), value in zip(present, shaped, strict=True):
            record[relationship] = value

    def _children(self, statement: Statement, parent_id: str, base: str) -> Record | None:
        limit = -1 if statement.query.limit is None else statement.query.limit
        parameters = [parent_id, *statement.bind(self._now()), limit, statement.query.offset]
        rows = self._store.select(f"{statement.sql()} LIMIT ? OFFSET ?", parameters)
        if not rows:
            return None
        return {"totalSize": len(rows), "done": True, "records": self._shape_node(statement.root, rows, base)}


def _group(node: Node, row: tuple[Any, ...]) -> Record:
    record: Record = {"attributes": {"type": "AggregateResult"}}
    for name, index, field in node.columns:
        record[name] = bool(row[index]) if field.type == "boolean" else row[index]
    return record


def _compact(numbers: list[int]) -> Sequence[int]:
    """The same numbers in little memory: a whole table in its own order is a range."""
    if numbers and numbers[-1] - numbers[0] == len(numbers) - 1 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return range(numbers[0], numbers[-1] + 1)
    return array(_INTEGER_BYTES, numbers)
