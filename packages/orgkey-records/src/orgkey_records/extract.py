"""Records as documents: which records, which of their fields are the text, and what goes along with it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orgkey_records.errors import InvalidInput
from orgkey_records.inputs import check_names
from orgkey_records.literals import bind
from orgkey_records.names import check_field, check_object

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from orgkey_records.descriptions import Description
    from orgkey_records.operations import Page
    from orgkey_records.records import AsyncRecords, Records
    from orgkey_records.watermark import Watermark

__all__ = ["Extract", "Item"]

_LONG_TEXT: Final = 256  # longer ones are what Salesforce calls long or rich text areas
_STAMP: Final = "SystemModstamp"


class Item(NamedTuple):
    """One record as a document.

    Attributes
    ----------
    id:
        The record's id.
    text:
        Its content: one field's text, or of several fields each as ``Name: text`` on a line.
    metadata:
        ``Id``, ``object``, ``url``, ``SystemModstamp``, and the fields that were asked for.

    """

    id: str
    text: str
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Extract:
    """Which records become documents, and how.

    Attributes
    ----------
    object_name:
        The object.
    content:
        The fields that make up the text, such as ``("Subject", "Description")``; None takes all long text fields that
        this user sees.
    metadata:
        Further fields to go along, parents' too: ``("Name", "Owner.Name")``.
    where:
        A SOQL condition, with ``:name`` for each of ``values``.
    values:
        Values for ``where``.
    include_deleted:
        Records in the recycle bin as well, with ``IsDeleted`` in the metadata.

    """

    object_name: str
    content: tuple[str, ...] | None = None
    metadata: tuple[str, ...] = ()
    where: str = ""
    values: Mapping[str, Any] | None = None
    include_deleted: bool = False

    def __post_init__(self) -> None:
        check_object(self.object_name)
        for name in ("content", "metadata"):
            given = getattr(self, name)
            if given is not None:
                names = tuple(check_field(each, path=True) for each in check_names(given, name))
                object.__setattr__(self, name, names)
        object.__setattr__(self, "where", bind(self.where, self.values))
        object.__setattr__(self, "values", None)

    @property
    def key(self) -> str:
        """What a :class:`Watermark` knows it by: the object, and a hash of what limits it."""
        limits = json.dumps([self.where, self.include_deleted]).encode()
        return f"{self.object_name}#{hashlib.sha256(limits).hexdigest()[:12]}"

    def run(self, records: Records, watermark: Watermark | None = None) -> Iterator[Item]:
        """The documents, one by one; with a watermark those that are new or changed since it was last moved.

        The watermark moves once all documents of a page are taken: after a crash those of one page come again, and
        none is lost.
        """
        shape = self._shape(records.run(records.operations.describe(self.object_name)), records.session.instance_url)
        pages = records.raw_pages(
            self._statement(shape, watermark), include_deleted=self.include_deleted, page_rows=2_000
        )
        for page in pages:
            for row in self._fresh(page, watermark):
                yield shape.item(row)
            if watermark is not None:
                watermark.advance(self.key, _changes(page))

    async def arun(self, records: AsyncRecords, watermark: Watermark | None = None) -> AsyncIterator[Item]:
        """As :meth:`run`, for tasks."""
        from asyncio import to_thread
        from contextlib import aclosing

        description = await records.run(records.operations.describe(self.object_name))
        shape = self._shape(description, (await records.session.atoken()).instance_url)
        pages = records.raw_pages(
            self._statement(shape, watermark), include_deleted=self.include_deleted, page_rows=2_000
        )
        async with aclosing(pages):
            async for page in pages:
                for row in self._fresh(page, watermark):
                    yield shape.item(row)
                if watermark is not None:
                    await to_thread(watermark.advance, self.key, _changes(page))

    def _shape(self, description: Description, instance_url: str) -> _Shape:
        content = self.content
        if content is None:
            fields = description.fields.values()
            content = tuple(
                each["name"] for each in fields if each["type"] == "textarea" and each.get("length", 0) >= _LONG_TEXT
            )
            if not content:
                raise InvalidInput(f"{description.name} has no long text field that this user sees. Say content=[...].")
        along = (*self.metadata, *(("IsDeleted",) if self.include_deleted else ()))
        return _Shape(self.object_name, f"{instance_url}/", content, along)

    def _statement(self, shape: _Shape, watermark: Watermark | None) -> str:
        fields = dict.fromkeys(("Id", _STAMP, *shape.content, *shape.metadata))
        since = "" if watermark is None else watermark.condition(self.key)
        conditions = " AND ".join(f"({each})" for each in (self.where, since) if each)
        # All names were checked, and all values are literals by now; the condition is the program's own.
        statement = f"SELECT {', '.join(fields)} FROM {self.object_name}"  # noqa: S608
        condition = f" WHERE {conditions}" if conditions else ""
        order = "" if watermark is None else f" ORDER BY {_STAMP}, Id"
        return f"{statement}{condition}{order}"

    def _fresh(self, page: Page, watermark: Watermark | None) -> list[dict[str, Any]]:
        if watermark is None:
            return page.records
        key = self.key
        return [row for row in page.records if watermark.is_new(key, row["Id"], row[_STAMP])]


class _Shape:
    """How a row becomes a document."""

    __slots__ = ("_getters", "_object", "_place", "_texts", "content", "metadata")

    def __init__(self, name: str, place: str, content: tuple[str, ...], metadata: tuple[str, ...]) -> None:
        self.content, self.metadata = content, metadata
        self._object, self._place = name, place
        self._texts = [(each, _getter(each)) for each in content if "." in each]
        self._getters = [(each, _getter(each)) for each in metadata]

    def item(self, row: dict[str, Any]) -> Item:
        """The document that ``row`` is."""
        record_id = row["Id"]
        metadata = {
            "Id": record_id,
            "object": self._object,
            "url": self._place + record_id,
            _STAMP: row[_STAMP],
        }
        for name, get in self._getters:
            metadata[name] = get(row)
        return Item(record_id, self._text(row), metadata)

    def _text(self, row: dict[str, Any]) -> str:
        for name, get in self._texts:
            row[name] = get(row)
        content = self.content
        if len(content) == 1:
            value = row.get(content[0])
            return "" if value is None else str(value)
        return "\n".join([f"{name}: {value}" for name in content if (value := row.get(name)) is not None])


def _getter(name: str) -> Callable[[dict[str, Any]], Any]:
    parts = name.split(".")
    if len(parts) == 1:
        return lambda row: row.get(name)

    def walk(row: dict[str, Any]) -> Any:
        value: Any = row
        for part in parts:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    return walk


def _changes(page: Page) -> list[tuple[str, str]]:
    return [(row["Id"], row[_STAMP]) for row in page.records]
