"""The org's tables: one in-memory SQLite database, with a table for each object made when it is first used."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.data.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from orgkey_sim.data.schema import Field, SObject

__all__ = ["ROW_NUMBER", "Step", "Store"]

ROW_NUMBER: Final = "_n"
"""Hidden column that numbers an object's records in the order they were created."""

_LIMIT_WORDS: Final = ("too ", "overflow", "at most")
"""What SQLite's errors say when a statement is beyond one of its limits (https://www.sqlite.org/limits.html)."""

_TOO_COMPLICATED: Final = "Query is either selecting too many fields or the filter conditions are too complicated."


class Step:
    """What is being written, as long as it can be undone."""

    undone = False

    def undo(self) -> None:
        """Write nothing of it after all."""
        self.undone = True


class Store:
    """Records as rows. Safe to use from several threads; a transaction holds the others off."""

    def __init__(self) -> None:
        self.lost_tables = 0
        """Changes whenever tables that were there are there no longer: statements compiled before are void."""
        self._lock = threading.RLock()
        self._tables: dict[str, SObject] = {}
        self._connection: sqlite3.Connection | None = None

    def table(self, sobject: SObject) -> str:
        """Return the quoted name of the object's table, after making it as the object now is."""
        known = self._tables.get(sobject.name)
        if known is not sobject:
            with self.transaction():
                self._shape(sobject, known)
                self._tables[sobject.name] = sobject
        return f'"{sobject.name}"'

    def select(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a SELECT and return its rows.

        Raises
        ------
        ApiError
            QUERY_TOO_COMPLICATED where the query is larger than SQLite takes.
        """
        with self._lock:
            try:
                return self._open().execute(sql, parameters).fetchall()
            except sqlite3.OperationalError as error:
                if not any(words in str(error) for words in _LIMIT_WORDS):
                    raise
                raise ApiError(400, "QUERY_TOO_COMPLICATED", _TOO_COMPLICATED) from None

    def insert(self, sobject: SObject, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add rows that hold ``columns`` in that order."""
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        with self.transaction() as connection:
            connection.executemany(f"INSERT INTO {self.table(sobject)} ({names}) VALUES ({marks})", rows)  # noqa: S608

    def load(self, sobject: SObject, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add many rows: the indexes are built once, when all of them are in."""
        with self.transaction() as connection:
            self.table(sobject)
            indexed = [each for each in sobject.fields.values() if each.indexed]
            for field in indexed:
                connection.execute(f"DROP INDEX IF EXISTS {_index(sobject, field)}")
            self.insert(sobject, columns, rows)
            for field in indexed:
                connection.execute(_create_index(sobject, field))

    def update(self, sobject: SObject, record_id: str, values: dict[str, object]) -> None:
        """Change one record."""
        changes = ", ".join(f'"{name}" = ?' for name in values)
        with self.transaction() as connection:
            connection.execute(
                f'UPDATE {self.table(sobject)} SET {changes} WHERE "Id" = ?',  # noqa: S608
                [*values.values(), record_id],
            )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: what is written inside is undone when the block raises. Blocks may nest."""
        with self._lock:
            connection = self._open()
            if connection.in_transaction:
                yield connection
                return
            tables = dict(self._tables)
            connection.execute("BEGIN")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                self._forget_all_but(tables)
                raise
            connection.commit()

    @contextmanager
    def step(self) -> Iterator[Step]:
        """Part of a transaction, or one of its own: undone alone when it raises or `Step.undo` is called."""
        step = Step()
        with self.transaction() as connection:
            tables = dict(self._tables)
            connection.execute("SAVEPOINT step")
            try:
                yield step
            except BaseException:
                step.undo()
                raise
            finally:
                if step.undone:
                    connection.execute("ROLLBACK TO step")
                    self._forget_all_but(tables)
                connection.execute("RELEASE step")

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._tables.clear()

    def _forget_all_but(self, tables: dict[str, SObject]) -> None:
        """Note that tables made since a rolled back transaction began are gone with it."""
        if self._tables != tables:
            self._tables = tables
            self.lost_tables += 1

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
            weakref.finalize(self, self._connection.close)  # Python warns of one left open from 3.13 on
        return self._connection

    def _shape(self, sobject: SObject, known: SObject | None) -> None:
        connection = self._open()
        if known is None:
            columns = ", ".join(map(_column, sobject.fields.values()))
            connection.execute(f'CREATE TABLE "{sobject.name}" ({ROW_NUMBER} INTEGER PRIMARY KEY, {columns})')
            added = list(sobject.fields.values())
        else:
            added = [each for key, each in sobject.fields.items() if key not in known.fields]
            for each in added:
                connection.execute(f'ALTER TABLE "{sobject.name}" ADD COLUMN {_column(each)}')
        for each in added:
            if each.indexed:
                connection.execute(_create_index(sobject, each))


def _index(sobject: SObject, field: Field) -> str:
    return f'"{sobject.name}.{field.name}"'


def _create_index(sobject: SObject, field: Field) -> str:
    return f'CREATE INDEX IF NOT EXISTS {_index(sobject, field)} ON "{sobject.name}" ("{field.name}")'


def _column(field: Field) -> str:
    if field.formula:
        return f'"{field.name}" {field.kind.sqlite} GENERATED ALWAYS AS ({field.formula}) VIRTUAL'
    default = f" DEFAULT {int(field.default)}" if isinstance(field.default, bool) else ""
    return f'"{field.name}" {field.kind.sqlite}{default}'
