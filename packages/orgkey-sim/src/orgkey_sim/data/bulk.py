"""What the two Bulk APIs share: jobs, rows applied one by one, and records as CSV."""

from __future__ import annotations

import csv
import io
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.data.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orgkey_sim.data.query import Record
    from orgkey_sim.data.records import Records
    from orgkey_sim.data.soql.compiler import Node

__all__ = [
    "DELIMITERS",
    "LINE_ENDINGS",
    "OPERATIONS",
    "CsvColumn",
    "Jobs",
    "RowResult",
    "Work",
    "csv_columns",
    "csv_rows",
    "csv_values",
    "describe_error",
    "read_csv",
    "write_csv",
]

OPERATIONS: Final = ("insert", "update", "upsert", "delete", "hardDelete")
DELIMITERS: Final = {
    "BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t",
}  # fmt: skip
LINE_ENDINGS: Final = {"LF": "\n", "CRLF": "\r\n"}

_NULL: Final = "#N/A"
_MAX_JOBS: Final = 100
_FIELD_LIMIT: Final = 131_072 * 8


class Jobs:
    """The latest jobs of an org by id; older ones are forgotten.

    ``polls_before_done`` is how many times a client that asks is told that a finished job is still in progress.
    """

    def __init__(self) -> None:
        self.polls_before_done = 0
        self._jobs: OrderedDict[str, Any] = OrderedDict()

    def add(self, job_id: str, job: object) -> None:
        """Keep a job."""
        self._jobs[job_id] = job
        if len(self._jobs) > _MAX_JOBS:
            self._jobs.popitem(last=False)

    def get(self, job_id: str) -> Any:
        """The job of that id, in its 15- or 18-character form, or ``None``."""
        return self._jobs.get(job_id) or next((job for key, job in self._jobs.items() if key[:15] == job_id), None)

    def remove(self, job_id: str) -> None:
        """Forget a job."""
        self._jobs.pop(job_id, None)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._jobs.values()))


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row."""

    record_id: str | None
    created: bool = False
    error: ApiError | None = None

    @property
    def success(self) -> bool:
        """Whether it was saved."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class Work:
    """What a job does with its rows, and for whom. ``external_id`` is the key field of an upsert."""

    operation: str
    object_name: str
    external_id: str | None
    user_id: str

    def apply(self, records: Records, rows: Iterable[Mapping[str, Any]]) -> list[RowResult]:
        """Apply the operation to each row on its own; one row's failure leaves the others alone."""
        return [self._apply(records, row) for row in rows]

    def _apply(self, records: Records, row: Mapping[str, Any]) -> RowResult:
        try:
            with records.atomic():
                return self._save(records, row)
        except ApiError as error:
            return RowResult(None, error=error)

    def _save(self, records: Records, row: Mapping[str, Any]) -> RowResult:
        if self.operation == "insert":
            return RowResult(records.create(self.object_name, row, self.user_id), created=True)
        key = (self.external_id or "Id") if self.operation == "upsert" else "Id"
        values = {name: value for name, value in row.items() if name.lower() != key.lower()}
        key_value = next((str(value) for name, value in row.items() if name.lower() == key.lower() and value), "")
        if not key_value:
            raise ApiError(400, "MISSING_ARGUMENT", f"{key} not specified", ())
        if self.operation == "upsert":
            return RowResult(*records.upsert(self.object_name, key, key_value, values, self.user_id))
        if self.operation == "update":
            records.update(self.object_name, key_value, values, self.user_id)
        else:
            records.delete(self.object_name, key_value, self.user_id, hard=self.operation == "hardDelete")
        return RowResult(key_value)


def describe_error(error: ApiError) -> str:
    """An error as a cell of a results file shows it: ``CODE:message:Field --``."""
    return f"{error.error_code}:{error.message}:{' '.join(error.fields or ())} --"


# -- CSV ----------------------------------------------------------------------------------------------------------


def read_csv(text: str, delimiter: str = ",") -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a CSV file.

    Raises
    ------
    ApiError
        the file has no header, or a row that does not fit it.
    """
    try:
        lines = [line for line in _reader(text, delimiter) if line]
    except csv.Error as error:
        raise ApiError(400, "InvalidBatch", f"Failed to parse CSV: {error}") from None
    if not lines:
        raise ApiError(400, "InvalidBatch", "Failed to read header: the CSV is empty")
    header, *rows = lines
    header[0] = header[0].removeprefix("\ufeff")
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            message = f"Failed to parse CSV: line {number} has {len(row)} fields, the header has {len(header)}"
            raise ApiError(400, "InvalidBatch", message)
    return header, rows


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(_FIELD_LIMIT)
    return csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter, strict=True)


def csv_values(header: Sequence[str], row: Sequence[str]) -> dict[str, Any]:
    """One row as values to save: empty cells say nothing, #N/A empties a field, ``Account.Key__c`` names a parent."""
    values: dict[str, Any] = {}
    for name, cell in zip(header, row, strict=True):
        if cell == "":
            continue
        value = None if cell == _NULL else cell
        relationship, _, field = name.partition(".")
        values[relationship] = {field: value} if field else value
    return values


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",", ending: str = "\n") -> str:
    """A CSV file in which every value is quoted, as Salesforce writes it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class CsvColumn:
    """One column of a query's records: where its value is in a record, and of which type it is."""

    path: tuple[str, ...]
    type: str
    index: int

    @property
    def name(self) -> str:
        """Its heading: parents are flattened, as in ``Account.Name``."""
        return ".".join(self.path)


def csv_columns(node: Node) -> list[CsvColumn]:
    """The columns of a query's records, in the order it selects them."""
    return sorted(_columns(node, ()), key=lambda each: each.index)


def _columns(node: Node, prefix: tuple[str, ...]) -> Iterator[CsvColumn]:
    for name, index, field in node.columns:
        yield CsvColumn((*prefix, name), field.type, index)
    for name, parent in node.parents.items():
        yield from _columns(parent, (*prefix, name))


def csv_rows(records: Iterable[Record], columns: Sequence[CsvColumn]) -> Iterator[list[str]]:
    """Records as rows of those columns."""
    for record in records:
        yield [_cell(_at(record, each.path), each.type) for each in columns]


def _at(record: Record, path: Sequence[str]) -> object:
    value: Any = record
    for step in path:
        value = value[step] if value is not None else None
    return value


def _cell(value: object, kind: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).removesuffix("+0000") + "Z" if kind == "datetime" else str(value)
