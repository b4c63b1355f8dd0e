"""SalesforceLoader: records as LangChain documents, page by page, from where the last run came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

import orgkey_records

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

    import orgkey

__all__ = ["SalesforceLoader"]

# A page of 2,000 records whose long texts are full.
_CAPS: Final = orgkey_records.Caps(bytes=512 * 1024 * 1024, seconds=150.0)


class SalesforceLoader(BaseLoader):
    """Loads an object's records as documents: ``SalesforceLoader("Case", ["Subject", "Description"]).lazy_load()``.

    Each document's metadata has ``Id``, ``object``, ``url``, ``source`` (the same), ``SystemModstamp`` and the fields
    that were asked for; its ``id`` is the record's. Memory stays constant: two pages are held at most.

    Parameters
    ----------
    object_name:
        The object.
    content:
        The fields that make up the page content; all long text fields that this user sees without it.
    metadata:
        Further fields for the metadata, parents' too: ``["Name", "Owner.Name"]``.
    where, values:
        A SOQL condition, with ``:name`` for each of ``values``.
    include_deleted:
        Records in the recycle bin as well, with ``IsDeleted`` in the metadata.
    watermark:
        Load only what is new or changed since the last run: an :class:`orgkey_records.Watermark`, or the path of its
        file. It moves when all documents of a page are taken.
    session:
        Whose records; :func:`orgkey.connect` without it.
    records:
        Records of your own in place of ``session``.

    """

    def __init__(
        self,
        object_name: str,
        content: Iterable[str] | None = None,
        metadata: Iterable[str] = (),
        *,
        where: str = "",
        values: Mapping[str, Any] | None = None,
        include_deleted: bool = False,
        watermark: orgkey_records.Watermark | str | os.PathLike[str] | None = None,
        session: orgkey.OrgSession | None = None,
        records: orgkey_records.Records | None = None,
    ) -> None:
        self.extract = orgkey_records.Extract(
            object_name,
            None if content is None else tuple(content),
            tuple(metadata),
            where=where,
            values=values,
            include_deleted=include_deleted,
        )
        if watermark is not None and not isinstance(watermark, orgkey_records.Watermark):
            watermark = orgkey_records.Watermark(watermark)
        self.watermark = watermark
        self.records = orgkey_records.Records(session, caps=_CAPS) if records is None else records

    def lazy_load(self) -> Iterator[Document]:
        """The documents, one by one. While a page is turned into documents the next one is fetched."""
        for record_id, text, metadata in self.extract.run(self.records, self.watermark):
            metadata["source"] = metadata["url"]
            yield Document(page_content=text, id=record_id, metadata=metadata)

    async def alazy_load(self) -> AsyncIterator[Document]:
        """As :meth:`lazy_load`, async to the socket."""
        async for record_id, text, metadata in self.extract.arun(self.records.twin, self.watermark):
            metadata["source"] = metadata["url"]
            yield Document(page_content=text, id=record_id, metadata=metadata)
