"""Files: what Salesforce derives when a ContentVersion or an Attachment is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol

from orgkey_sim.data.errors import ApiError

if TYPE_CHECKING:
    from orgkey_sim.data.schema import SObject

__all__ = ["AFTER_CREATE", "FilesWriter", "before_save"]


class FilesWriter(Protocol):
    """What this module needs of the writer."""

    def put_new(self, object_name: str, columns: Mapping[str, object], user_id: str | None) -> str:
        """Create a record that belongs to another one."""
        ...

    def set_columns(self, object_name: str, record_id: str, columns: dict[str, object]) -> None:
        """Change a record without the checks made for clients."""
        ...


def before_save(sobject: SObject, columns: dict[str, Any]) -> dict[str, Any]:
    """Add the columns that follow from a file's content and name."""
    if sobject.name == "Attachment" and columns.get("Body") is not None:
        return columns | {"BodyLength": len(columns["Body"])}
    if sobject.name == "ContentVersion" and "VersionData" in columns:
        return columns | _describe_file(columns)
    return columns


def _describe_file(columns: Mapping[str, Any]) -> dict[str, Any]:
    path = columns.get("PathOnClient")
    if not path:
        raise ApiError(400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [PathOnClient]", ("PathOnClient",))
    name = PurePosixPath(path.replace("\\", "/"))
    extension = name.suffix.removeprefix(".").lower()
    return {
        "ContentSize": len(columns["VersionData"] or b""),
        "FileExtension": extension or None,
        "FileType": extension.upper() or "UNKNOWN",
        "Title": columns.get("Title") or name.stem,
    }


def _file_document(writer: FilesWriter, record_id: str, columns: Mapping[str, Any], user_id: str | None) -> None:
    """Give a new version its document, or make it the latest of the document it names."""
    document_id = columns.get("ContentDocumentId")
    described = {name: columns.get(name) for name in ("Title", "FileType", "FileExtension", "ContentSize")}
    latest = described | {"LatestPublishedVersionId": record_id}
    if document_id:
        writer.set_columns("ContentDocument", document_id, latest)
        return
    document_id = writer.put_new("ContentDocument", latest, user_id)
    writer.set_columns("ContentVersion", record_id, {"ContentDocumentId": document_id})
    linked = {"ContentDocumentId": document_id, "ShareType": "V", "Visibility": "AllUsers"}
    place = columns.get("FirstPublishLocationId")
    if place:
        writer.put_new("ContentDocumentLink", linked | {"LinkedEntityId": place}, user_id)


_AfterCreate = Callable[[FilesWriter, str, Mapping[str, Any], str | None], None]
AFTER_CREATE: Final[Mapping[str, _AfterCreate]] = MappingProxyType({"ContentVersion": _file_document})
"""What saving a new record of an object brings with it."""
