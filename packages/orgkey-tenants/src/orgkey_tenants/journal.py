"""The journal: refresh outcomes that the store would not take, kept on local disk until it does.

What is secret in an entry is sealed already, under the tenant's data key; the journal adds no key of its own.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import orgkey
from orgkey_tenants.record import REFRESHED

if TYPE_CHECKING:
    from orgkey_tenants.record import TenantRecord

__all__ = ["Entry", "FileJournal", "Journal", "MemoryJournal", "open_journal"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a refresh brought: all that the store needs to settle the intent ``intent`` of ``tenant``."""

    tenant: str
    intent: str
    generation: int
    dek_version: int
    sealed: bytes = field(repr=False)
    org_id: str
    user_id: str
    instance_url: str
    scope: str
    last_refresh: float | None
    keepalive_at: float | None

    @classmethod
    def of(cls, record: TenantRecord, intent: str) -> Entry:
        """The outcome in ``record``."""
        return cls(tenant=record.tenant, intent=intent, **record.refreshed)

    def onto(self, record: TenantRecord) -> TenantRecord:
        """``record`` with this outcome."""
        return replace(record, **{name: getattr(self, name) for name in REFRESHED}, intent=None)


class Journal(Protocol):
    """Where entries wait. Every method raises ``OSError`` where it cannot."""

    def write(self, entry: Entry) -> None:
        """Keep an entry; it survives the process, and the machine's power."""
        ...

    def find(self, tenant: str, intent: str) -> Entry | None:
        """The entry of that intent."""
        ...

    def strike(self, tenant: str, intent: str) -> None:
        """Drop an entry that the store has."""
        ...

    def entries(self) -> list[Entry]:
        """All that wait."""
        ...


class MemoryJournal:
    """A journal that ends with the process: for a program without a disk, and for tests."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}

    def write(self, entry: Entry) -> None:
        """Keep it."""
        self._entries[entry.tenant, entry.intent] = entry

    def find(self, tenant: str, intent: str) -> Entry | None:
        """Look it up."""
        return self._entries.get((tenant, intent))

    def strike(self, tenant: str, intent: str) -> None:
        """Drop it."""
        self._entries.pop((tenant, intent), None)

    def entries(self) -> list[Entry]:
        """All of them."""
        return list(self._entries.values())


class FileJournal:
    """One file an entry in a folder of the owner's own. Processes on one machine may share it."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)

    def write(self, entry: Entry) -> None:
        """Write aside, flush to the disk, and rename: a reader sees all of it or nothing."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self._file(entry.tenant, entry.intent)
        aside = target.with_suffix(".part")
        content = {**asdict(entry), "sealed": base64.b64encode(entry.sealed).decode()}
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(target)
        except OSError:
            with suppress(OSError):
                aside.unlink()
            raise

    def find(self, tenant: str, intent: str) -> Entry | None:
        """Read it, where it is."""
        return _read(self._file(tenant, intent))

    def strike(self, tenant: str, intent: str) -> None:
        """Unlink it."""
        self._file(tenant, intent).unlink(missing_ok=True)

    def entries(self) -> list[Entry]:
        """Read the folder."""
        found = (_read(path) for path in sorted(self._folder.glob("*.json")))
        return [entry for entry in found if entry is not None]

    def _file(self, tenant: str, intent: str) -> Path:
        return self._folder / f"{sha256(tenant.encode()).hexdigest()[:16]}-{intent}.json"


def open_journal(folder: str) -> FileJournal:
    """The journal in ``folder``, which is made where it is not there.

    Something is written to it now. A refresh that comes to need it would find out too late: Salesforce has answered
    then, and nobody else takes the next refresh token.

    Raises :class:`orgkey.ConfigError` where it keeps nothing.
    """
    path = Path(folder).absolute()  # who reads a message may be in another folder
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path, prefix="tried-") as tried:
            tried.write(b"orgkey")
            tried.flush()
            os.fsync(tried.fileno())
    except OSError as error:
        raise orgkey.ConfigError(
            f"The journal {path} (ORGKEY_TENANTS_JOURNAL, journal= in Python) keeps nothing: {error.strerror}. Name a "
            "folder on local disk that this user may write to. It keeps what a refresh brought while the store takes "
            "no writes; without it that tenant's token would be lost."
        ) from None
    return FileJournal(path)


def _read(path: Path) -> Entry | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Entry(**{**content, "sealed": base64.b64decode(content["sealed"])})
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return None  # not one of ours: an entry is renamed into place whole
