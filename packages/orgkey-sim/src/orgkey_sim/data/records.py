"""Everything an org knows about its records, behind one face."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from orgkey_sim.data import describe, ids
from orgkey_sim.data.bulk import Jobs
from orgkey_sim.data.errors import ApiError
from orgkey_sim.data.ids import IdSequence
from orgkey_sim.data.metadata import Metadata
from orgkey_sim.data.query import DEFAULT_BATCH, DEFAULT_VERSION, Page, Queries, Record, Snapshot
from orgkey_sim.data.schema import Field, Schema, SObject
from orgkey_sim.data.seed import Seeder
from orgkey_sim.data.soql.dates import format_datetime
from orgkey_sim.data.standard_objects import STANDARD_OBJECTS
from orgkey_sim.data.store import Step, Store
from orgkey_sim.data.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from orgkey_sim.data.soql.compiler import Statement


__all__ = ["Clock", "Records"]


class Clock(Protocol):
    """Where records get the time from."""

    def now(self) -> float:
        """Seconds since the Unix epoch."""
        ...


class Records:
    """The records of one org.

    Refusals are `ApiError`s in Salesforce's words. ``user_id`` arguments say who acts: the owner of what is created,
    and the name in CreatedById and LastModifiedById. ``version`` is the API version, as in "59.0", that links in
    records carry.
    """

    def __init__(self, clock: Clock, org_id: str) -> None:
        self.org_id = org_id
        self.jobs = Jobs()
        self.metadata = Metadata(self.now, self.new_id)
        self.schema = Schema(STANDARD_OBJECTS)
        self._now = clock.now
        self._store = Store()
        self._sequence = IdSequence(f"{org_id}/records")
        self._writer = Writer(clock.now, self.schema, self._store, self._sequence)
        self._queries = Queries(clock.now, self.schema, self._store, self._sequence)

    # -- reading ------------------------------------------------------------------------------------------------

    def query(
        self,
        soql: str,
        *,
        batch: int = DEFAULT_BATCH,
        include_deleted: bool = False,
        version: str = DEFAULT_VERSION,
    ) -> Page:
        """Run a SELECT and return its first page of at most ``batch`` records."""
        statement = self._queries.compile(soql, include_deleted=include_deleted)
        return self._queries.run(statement, batch=batch, version=version)

    def query_more(self, locator: str, *, version: str = DEFAULT_VERSION) -> Page:
        """The page that ``locator``, out of an earlier page, asks for."""
        return self._queries.more(locator, version=version)

    def statement(self, soql: str, *, include_deleted: bool = False) -> Statement:
        """The compiled form of a SELECT: which object, which columns."""
        return self._queries.compile(soql, include_deleted=include_deleted)

    def snapshot(self, soql: str, *, include_deleted: bool = False) -> Snapshot:
        """What a SELECT of records matches now, to be read in parts with `read`."""
        return self._queries.snapshot(self.statement(soql, include_deleted=include_deleted))

    def read(self, snapshot: Snapshot, start: int, count: int, *, version: str = DEFAULT_VERSION) -> list[Record]:
        """At most ``count`` records of a snapshot, from ``start`` on."""
        return self._queries.records(snapshot, start, count, version=version)

    def search(self, sosl: str, *, version: str = DEFAULT_VERSION) -> list[Record]:
        """Run a FIND statement and return the records it finds."""
        from orgkey_sim.data.search import search

        return search(sosl, self.schema, self._queries, version)

    def get(
        self,
        object_name: str,
        record_id: str,
        fields: tuple[str, ...] = (),
        *,
        key: str = "Id",
        version: str = DEFAULT_VERSION,
    ) -> Record:
        """One record, found by its id or by the external id field ``key``: all of its fields, or those named."""
        sobject = self.sobject(object_name)
        found = self._find(sobject, key, record_id)
        for name in fields:
            if "." not in name and sobject.field(name) is None:
                raise ApiError(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
        names = dict.fromkeys(fields or (each.name for each in sobject.fields.values()))
        return self._queries.one(sobject, found, names, version=version)

    def file(self, object_name: str, record_id: str, field_name: str) -> bytes:
        """The content that a base64 field of one record holds."""
        sobject = self.sobject(object_name)
        field = sobject.field(field_name)
        if field is None or field.type != "base64":
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        found = self._find(sobject, "Id", record_id)
        sql = f'SELECT "{field.name}" FROM {self._store.table(sobject)} WHERE "Id" = ?'  # noqa: S608
        ((content,),) = self._store.select(sql, [found])
        return content or b""

    def _find(self, sobject: SObject, key: str, value: str) -> str:
        field = self._writer.key_field(sobject, key)
        if field.type == "id" and not ids.is_id(value):
            message = f"Provided external ID field does not exist or is not accessible: {value}"
            raise ApiError(404, "NOT_FOUND", message)
        found = self._writer.find(sobject, field, value)
        if not found:
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        return found[0]

    # -- writing ------------------------------------------------------------------------------------------------

    def create(self, object_name: str, values: Mapping[str, object], user_id: str | None = None) -> str:
        """Insert a record and return its id."""
        return self._writer.create(self.sobject(object_name), values, user_id)

    def update(
        self, object_name: str, record_id: str, values: Mapping[str, object], user_id: str | None = None
    ) -> None:
        """Change the named fields of one record."""
        self._writer.update(self.sobject(object_name), record_id, values, user_id)

    def delete(self, object_name: str, record_id: str, user_id: str | None = None, *, hard: bool = False) -> None:
        """Put one record in the recycle bin; ``hard`` removes it at once."""
        self._writer.delete(self.sobject(object_name), record_id, user_id, hard=hard)

    def upsert(
        self, object_name: str, key: str, key_value: str, values: Mapping[str, object], user_id: str | None = None
    ) -> tuple[str, bool]:
        """Update the record whose external id field ``key`` is ``key_value``, or create it.

        Returns its id and whether it is new.
        """
        return self._writer.upsert(self.sobject(object_name), key, key_value, values, user_id)

    def put(self, object_name: str, record_id: str, **columns: object) -> None:
        """Insert or change a record as the platform itself does: any field, no checks."""
        self._writer.put(self.sobject(object_name), record_id, columns)

    def put_user(self, user_id: str, username: str, **columns: object) -> None:
        """Insert or change the User record of ``user_id``."""
        named = {"LastName": username.split("@", 1)[0], "Email": username, "Alias": username[:8], **columns}
        self.put("User", user_id, Username=username, **named)

    def changed(self, object_name: str, start: str, end: str, *, deleted: bool) -> list[tuple[str, str]]:
        """Ids, with the moment of change, of records that were deleted, or changed, between two ISO moments."""
        sobject = self.sobject(object_name)
        sql = (
            f'SELECT "Id", "SystemModstamp" FROM {self._store.table(sobject)} '  # noqa: S608
            'WHERE "IsDeleted" = ? AND "SystemModstamp" BETWEEN ? AND ? ORDER BY "SystemModstamp", "Id"'
        )
        return [(record_id, moment) for record_id, moment in self._store.select(sql, [deleted, start, end])]

    def atomic(self) -> AbstractContextManager[Step]:
        """All that is written inside, or nothing when the block raises or undoes it; blocks may nest."""
        return self._store.step()

    def load_contacts(self, count: int, seed: int = 0, owner_id: str | None = None) -> None:
        """Add ``count`` made-up Contacts and their Accounts; the same seed gives the same ones."""
        Seeder(self.schema, self._store, self._sequence).load_contacts(count, seed, owner_id)

    # -- schema -------------------------------------------------------------------------------------------------

    def sobject(self, name: str) -> SObject:
        """The object of that name, whatever its case.

        Raises
        ------
        ApiError
            404 NOT_FOUND, as for any address that leads nowhere.
        """
        found = self.schema.get(name)
        if found is None:
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        return found

    def add_object(self, sobject: SObject) -> None:
        """Give this org an object of its own."""
        self.schema.put(sobject)

    def add_field(self, object_name: str, field: Field) -> None:
        """Give an object one more field, in this org alone."""
        self.schema.put(self.sobject(object_name).with_field(field))

    def describe_global(self, version: str = DEFAULT_VERSION) -> list[dict[str, Any]]:
        """All objects, without their fields."""
        return describe.describe_global(self.schema, version)

    def describe(self, object_name: str, version: str = DEFAULT_VERSION) -> dict[str, Any]:
        """One object with its fields and relationships."""
        return describe.describe_object(self.sobject(object_name), self.schema, version)

    def now(self) -> str:
        """The moment, as the API writes it."""
        return format_datetime(datetime.fromtimestamp(self._now(), UTC))

    def new_id(self, key_prefix: str) -> str:
        """A fresh id for something that is not a record: a job, a batch, a deployment."""
        return self._sequence.take(key_prefix)

    def close(self) -> None:
        """Forget all records."""
        self._store.close()
