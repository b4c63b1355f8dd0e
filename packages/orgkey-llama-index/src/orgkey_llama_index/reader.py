"""SalesforceReader: records as LlamaIndex documents, page by page, from where the last run came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.readers.base import BasePydanticReader, ResourcesReaderMixin
from llama_index.core.schema import Document

import orgkey_records

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    import orgkey

__all__ = ["SalesforceReader"]

# A page of 2,000 records whose long texts are full.
_CAPS: Final = orgkey_records.Caps(bytes=512 * 1024 * 1024, seconds=150.0)
_RIGHTS: Final = ("HasReadAccess", "HasEditAccess", "HasDeleteAccess", "HasTransferAccess", "MaxAccessLevel")


class SalesforceReader(BasePydanticReader, ResourcesReaderMixin):
    """Reads objects' records as documents: ``SalesforceReader(objects=["Case"]).load_data()``.

    A document's id is the record's; its metadata has ``Id``, ``object``, ``url``, ``SystemModstamp`` and the fields
    that were asked for. Of these ``url`` and ``SystemModstamp`` are kept from embeddings and prompts. Memory stays
    constant in :meth:`lazy_load_data`: two pages are held at most. The resources of a reader are its objects.

    What it serialises to has no session and no secret in it; a reader made of that logs in by the settings.

    Parameters
    ----------
    session:
        Whose records; :func:`orgkey.connect`, on first use, without it.
    records:
        Records of your own in place of ``session``, with their allow-list and caps.

    Attributes
    ----------
    objects:
        The objects that :meth:`load_data` reads.
    content:
        The fields that make up a text; all long text fields that this user sees without it.
    metadata_fields:
        Further fields for the metadata, parents' too: ``["Name", "Owner.Name"]``.
    where:
        A SOQL condition. It is the program's own: ``orgkey_records.bind`` puts values into it.
    include_deleted:
        Records in the recycle bin as well, with ``IsDeleted`` in the metadata.
    watermark_file:
        Where to remember how far the last run came; only what is new or changed since is read. It moves when all
        documents of a page are taken.

    """

    is_remote: bool = True
    objects: list[str] = Field(default_factory=list)
    content: list[str] | None = None
    metadata_fields: list[str] = Field(default_factory=list)
    where: str = ""
    include_deleted: bool = False
    watermark_file: str | None = None

    _records: orgkey_records.Records | None = PrivateAttr(default=None)

    def __init__(
        self,
        *,
        session: orgkey.OrgSession | None = None,
        records: orgkey_records.Records | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        if records is None and session is not None:
            records = orgkey_records.Records(session, caps=_CAPS)
        self._records = records

    @classmethod
    def class_name(cls) -> str:
        """How LlamaIndex calls it in what it serialises."""
        return "SalesforceReader"

    @property
    def records(self) -> orgkey_records.Records:
        """What it reads with; logs in by the settings where it was given nothing."""
        if self._records is None:
            self._records = orgkey_records.Records(caps=_CAPS)
        return self._records

    def lazy_load_data(self, *args: Any, **load_kwargs: Any) -> Iterator[Document]:
        """The documents of ``objects``, one by one. While a page becomes documents the next one is fetched.

        Takes one argument, ``objects``, in place of the reader's own.
        """
        for name in self._wanted(*args, **load_kwargs):
            for item in self._extract(name).run(self.records, self._watermark()):
                yield _document(item)

    async def alazy_load_data(self, *args: Any, **load_kwargs: Any) -> AsyncIterator[Document]:  # type: ignore[override]  # LlamaIndex has a coroutine that gives an iterable
        """As :meth:`lazy_load_data`, async to the socket: ``async for document in reader.alazy_load_data()``."""
        for name in self._wanted(*args, **load_kwargs):
            async for item in self._extract(name).arun(self.records.twin, self._watermark()):
                yield _document(item)

    async def aload_data(self, *args: Any, **load_kwargs: Any) -> list[Document]:
        """As ``load_data``, async to the socket."""
        return [document async for document in self.alazy_load_data(*args, **load_kwargs)]

    def list_resources(self, *args: Any, **kwargs: Any) -> list[str]:
        """API names of the reader's objects; without any, of all that this user may query."""
        del args, kwargs
        return list(self.objects) or [each["name"] for each in self.records.list_objects()]

    def get_resource_info(self, resource_id: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The object as this user sees it: label, what may be done with it, fields with their types."""
        del args, kwargs
        return self.records.describe(resource_id)

    async def aget_resource_info(self, resource_id: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As :meth:`get_resource_info`, async to the socket."""
        del args, kwargs
        return await self.records.twin.describe(resource_id)

    def load_resource(self, resource_id: str, *args: Any, **kwargs: Any) -> list[Document]:
        """The documents of one object."""
        del args, kwargs
        return list(self.lazy_load_data([resource_id]))

    async def aload_resource(self, resource_id: str, *args: Any, **kwargs: Any) -> list[Document]:
        """As :meth:`load_resource`, async to the socket."""
        del args, kwargs
        return await self.aload_data([resource_id])

    def get_permission_info(self, resource_id: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What a user may do with one record (UserRecordAccess): ``get_permission_info(record_id, user_id=...)``.

        ``resource_id`` is a record's id here, as it stands in a document's metadata; ``user_id`` that of the user, the
        session's own without it. For an object's name, what this user may do with the object.
        """
        del args
        if not _is_id(resource_id):
            return {"object": resource_id, "can": self.records.describe(resource_id)["can"]}
        user_id = kwargs.get("user_id") or self.records.session.userinfo()["user_id"]
        return _rights(resource_id, user_id, self.records.soql(_ACCESS, _access_of(resource_id, user_id)))

    async def aget_permission_info(self, resource_id: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As :meth:`get_permission_info`, async to the socket."""
        del args
        records = self.records.twin
        if not _is_id(resource_id):
            return {"object": resource_id, "can": (await records.describe(resource_id))["can"]}
        user_id = kwargs.get("user_id") or (await records.session.auserinfo())["user_id"]
        return _rights(resource_id, user_id, await records.soql(_ACCESS, _access_of(resource_id, user_id)))

    def _wanted(self, objects: Iterable[str] | str | None = None) -> list[str]:
        given = [objects] if isinstance(objects, str) else list(objects or self.objects)
        if not given:
            raise orgkey_records.InvalidInput('Say which objects to read, such as SalesforceReader(objects=["Case"]).')
        return given

    def _extract(self, name: str) -> orgkey_records.Extract:
        return orgkey_records.Extract(
            name,
            None if self.content is None else tuple(self.content),
            tuple(self.metadata_fields),
            where=self.where,
            include_deleted=self.include_deleted,
        )

    def _watermark(self) -> orgkey_records.Watermark | None:
        return None if self.watermark_file is None else orgkey_records.Watermark(self.watermark_file)


_ACCESS: Final = (
    f"SELECT RecordId, {', '.join(_RIGHTS)} FROM UserRecordAccess WHERE UserId = :user AND RecordId = :record"  # noqa: S608  # constants
)
_FOR_MACHINES: Final = ["url", "SystemModstamp"]


def _document(item: orgkey_records.Item) -> Document:
    record_id, text, metadata = item
    return Document(
        text=text,
        id_=record_id,
        metadata=metadata,
        excluded_llm_metadata_keys=_FOR_MACHINES,
        excluded_embed_metadata_keys=_FOR_MACHINES,
    )


def _access_of(record_id: str, user_id: str) -> dict[str, str]:
    return {"record": record_id, "user": orgkey_records.check_id(user_id)}


def _rights(record_id: str, user_id: str, found: orgkey_records.Rows) -> dict[str, Any]:
    """What Salesforce says; where it says nothing the user has no access."""
    rights = found.records[0] if found.records else dict.fromkeys(_RIGHTS[:-1], False)
    return {"record": record_id, "user": user_id, **{name: rights.get(name) for name in _RIGHTS}}


def _is_id(text: str) -> bool:
    try:
        orgkey_records.check_id(text)
    except orgkey_records.InvalidInput:
        return False
    return True
