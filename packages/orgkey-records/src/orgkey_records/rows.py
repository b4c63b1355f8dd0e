"""Makes what Salesforce answers fit to be read: flat records, cut texts, and a notice where something is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Rows", "flat", "shortened"]


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query or search found.

    Attributes
    ----------
    records:
        The rows, flat.
    total:
        How many rows match, as far as Salesforce says.
    notice:
        What is left out, for the reader; empty where nothing is.

    """

    records: list[dict[str, Any]]
    total: int
    notice: str = ""

    @property
    def truncated(self) -> bool:
        """Whether there is more than :attr:`records` shows."""
        return bool(self.notice)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data; ``notice`` comes first, and only where there is one."""
        body = {"total": self.total, "records": self.records}
        return {"notice": self.notice, **body} if self.notice else body


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """``record`` without ``attributes``; a parent's fields as ``Account.Name``, child rows as a list."""
    fields: dict[str, Any] = {}
    for name, value in record.items():
        if name == "attributes":
            continue
        if type(value) is dict:
            _flatten(fields, name, value)
        else:
            fields[name] = value
    return fields


def _flatten(fields: dict[str, Any], name: str, value: dict[str, Any]) -> None:
    if isinstance(value.get("records"), list):
        rows = [flat(row) for row in value["records"]]
        fields[name] = rows
        if value.get("done") is False:
            fields[f"{name} (notice)"] = f"Showing {len(rows)} of {value.get('totalSize', 'more')} rows."
    elif "attributes" in value:
        fields.update((f"{name}.{inner}", each) for inner, each in flat(value).items())
    else:
        fields[name] = value  # a compound value, such as an address


def shortened(records: list[dict[str, Any]], most: int) -> tuple[list[dict[str, Any]], list[str]]:
    """``records`` with texts of at most ``most`` characters, and the names of the fields that were cut."""
    cut: dict[str, None] = {}
    return [_shorten(record, most, cut) for record in records], list(cut)


def _shorten(record: dict[str, Any], most: int, cut: dict[str, None]) -> dict[str, Any]:
    short: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, str) and len(value) > most:
            cut[name] = None
            short[name] = value[:most]
        elif isinstance(value, list):
            short[name] = [_shorten(row, most, cut) if isinstance(row, dict) else row for row in value]
        else:
            short[name] = value
    return short
