"""``orgkey query``: runs SOQL and prints the rows as a table or as JSON lines."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orgkey.cli.options import Json, Profile  # noqa: TC001  # typer reads annotations at run time
from orgkey.cli.output import Output, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["query"]


def query(
    soql: Annotated[str, typer.Argument(metavar="SOQL", help="The query; '-' reads it from stdin.")],
    max_rows: Annotated[int, typer.Option(min=0, help="Stop after so many rows, and say so; 0 gets all.")] = 2000,
    api_version: Annotated[
        str, typer.Option(metavar="VERSION", help="API version, such as 64.0.", show_default="the org's newest")
    ] = "",
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Run a SOQL query and print its rows: a table, or with --json one record a line."""
    from orgkey.rest import open_rest
    from orgkey.settings import connect

    soql, version = _text(soql), _version(api_version)
    output = Output(as_json=as_json)
    session = connect(profile)
    with output.waiting(f"Logging in at {session.login_url}"):
        session.token()
    with open_rest(session) as rest, output.counting(f"rows of {session.instance_url}") as counter:
        rows = _Rows(rest.query(soql, version or rest.latest_version()), max_rows)
        if as_json:
            for record in rows:
                output.value(record)
                counter.at(rows.seen, rows.wanted)
        else:
            records = []
            for record in rows:
                records.append(record)
                counter.at(rows.seen, rows.wanted)
    if not as_json:
        _print_table(output, records)
    for note in rows.notes():
        output.note(note)


def _text(soql: str) -> str:
    text = sys.stdin.read() if soql == "-" else soql
    if not text.strip():
        raise UsageProblem("The query is empty. Example: orgkey query 'SELECT Id, Name FROM Account LIMIT 5'")
    return text.strip()


def _version(text: str) -> str:
    found = re.fullmatch(r"v?(\d{2,3})(?:\.0)?", text.strip().lower())
    if text and not found:
        raise UsageProblem(f"--api-version is {text!r}. It is a number such as 64.0.")
    return f"{found[1]}.0" if found else ""


class _Rows:
    """The records of a query's pages without their ``attributes``, up to a limit."""

    def __init__(self, pages: Iterable[dict[str, Any]], limit: int) -> None:
        self._pages = pages
        self._limit = limit
        self.seen = 0
        self.total = 0
        self._cut_children: set[str] = set()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for page in self._pages:
            self.total, records = page["totalSize"], page["records"]
            if self.total and not records:  # SELECT COUNT() answers with a size alone
                self.total, records = 1, [{"count()": self.total}]
            for record in records:
                if self._limit and self.seen == self._limit:
                    return
                self.seen += 1
                yield self._plain(record)

    @property
    def wanted(self) -> int:
        """How many there will be."""
        return min(self.total, self._limit) if self._limit else self.total

    def notes(self) -> Iterator[str]:
        """What the rows do not show."""
        if self.seen < self.total and self._limit:
            yield f"Stopped at {self.seen:,} of {self.total:,} rows. All of them: --max-rows 0"
        for name in sorted(self._cut_children):
            yield f"Not all records of {name} are shown: Salesforce cut the subquery short. Query {name} by itself."

    def _plain(self, record: dict[str, Any]) -> dict[str, Any]:
        return {name: self._plain_value(name, value) for name, value in record.items() if name != "attributes"}

    def _plain_value(self, name: str, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "records" not in value:
            return self._plain(value)
        if not value.get("done", True):
            self._cut_children.add(name)
        return [self._plain(child) for child in value["records"]]


def _print_table(output: Output, records: list[dict[str, Any]]) -> None:
    if not records:
        output.note("The query found no rows.")
        return
    flat = [dict(_columns(record)) for record in records]
    names = list(dict.fromkeys(name for row in flat for name in row))
    # A parent that is missing in one row and there in another has columns of its own: the bare name says nothing.
    names = [name for name in names if not any(other.startswith(f"{name}.") for other in names)]
    output.table(names, ([row.get(name, "") for name in names] for row in flat))


def _columns(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _columns(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}", f"{len(value)} records"
        elif isinstance(value, bool):
            yield f"{prefix}{name}", str(value).lower()
        else:
            yield f"{prefix}{name}", "" if value is None else str(value)
