"""SalesforceRecordsToolSpec: more tools than the drop-in has, bounded, read-only unless writes are allowed."""
# No "from __future__ import annotations" here: LlamaIndex makes each tool's schema of its function's annotations.

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Self

import orgkey
import orgkey_records
from orgkey_llama_index.tool_spec import SalesforceToolSpec

__all__ = ["SalesforceRecordsToolSpec"]

_READS = ["execute_sosl", "execute_soql", "describe_object", "list_objects", "get_record", "read_long_text"]
_WRITES = {
    "create": "create_record",
    "update": "update_record",
    "upsert": "upsert_record",
    "delete": "delete_record",
}


class SalesforceRecordsToolSpec(SalesforceToolSpec):
    """The tools of :class:`orgkey_records.Records`: ``SalesforceRecordsToolSpec(objects={"Contact"}).to_tool_list()``.

    Answers are flat and bounded, and say what they leave out. What a model can act on comes back to it as text that
    begins with ``Error:``; a lost session does not: it raises :class:`orgkey_records.AccessFailed` or
    :class:`orgkey.TokenRequestError`, with its diagnosis.

    Parameters
    ----------
    session:
        Whose records; :func:`orgkey.connect` without it.
    allow:
        The writes to have tools for: of ``create``, ``update``, ``upsert``, ``delete``. None are by default.
    objects:
        The objects that are permitted; all by default. It holds inside SOQL and SOSL too.
    caps:
        How much one call may bring back, and how long it may take.
    records:
        Records of your own in place of all the above.

    """

    def __init__(
        self,
        session: orgkey.OrgSession | None = None,
        *,
        allow: Iterable[str] = (),
        objects: Iterable[str] | None = None,
        caps: orgkey_records.Caps | None = None,
        records: orgkey_records.Records | None = None,
    ) -> None:
        if records is None:
            records = orgkey_records.Records(session, allow=allow, objects=objects, caps=caps)
        self.records = records
        self.spec_functions = [*_READS, *(name for word, name in _WRITES.items() if word in records.allow)]

    def as_user(self, username: str) -> Self:
        """The same tools as another person of the org, with what that person may see and do (JWT Bearer)."""
        return type(self)(records=self.records.as_user(username))

    @cached_property
    def sf(self) -> Any:
        """A client of simple-salesforce on the same session, for the program itself: it has no guards."""
        from orgkey_simple_salesforce import Salesforce

        return Salesforce(auth=self.records.session)

    def execute_sosl(self, search: str) -> Any:
        """Search for text with a whole SOSL statement, e.g. FIND {Waldo} IN ALL FIELDS RETURNING Contact(Id, Name)."""
        return self._do("sosl", search)

    async def aexecute_sosl(self, search: str) -> Any:
        """As :meth:`execute_sosl`, async to the socket."""
        return await self._ado("sosl", search)

    def execute_soql(self, query: str) -> Any:
        """Run a SOQL SELECT statement. Name the fields; add LIMIT, or use COUNT() to count."""
        return self._do("soql", query)

    async def aexecute_soql(self, query: str) -> Any:
        """As :meth:`execute_soql`, async to the socket."""
        return await self._ado("soql", query)

    def describe_object(self, object_name: str) -> Any:
        """List the fields of an object, by its API name, with their types and picklist values."""
        return self._do("describe", object_name)

    async def adescribe_object(self, object_name: str) -> Any:
        """As :meth:`describe_object`, async to the socket."""
        return await self._ado("describe", object_name)

    def list_objects(self, containing: str = "") -> Any:
        """List names and labels of the objects that can be queried; only those with this text in either, if given."""
        return self._do("list_objects", containing)

    async def alist_objects(self, containing: str = "") -> Any:
        """As :meth:`list_objects`, async to the socket."""
        return await self._ado("list_objects", containing)

    def get_record(self, object_name: str, record_id: str, fields: list[str] | None = None) -> Any:
        """Read one record by its Id: the named fields, such as Name or Account.Name, or all of them."""
        return self._do("get", object_name, record_id, fields)

    async def aget_record(self, object_name: str, record_id: str, fields: list[str] | None = None) -> Any:
        """As :meth:`get_record`, async to the socket."""
        return await self._ado("get", object_name, record_id, fields)

    def read_long_text(self, object_name: str, record_id: str, field: str, start: int = 0) -> Any:
        """Read on in a long text field of a record, from the character number start."""
        return self._do("long_text", object_name, record_id, field, start=start)

    async def aread_long_text(self, object_name: str, record_id: str, field: str, start: int = 0) -> Any:
        """As :meth:`read_long_text`, async to the socket."""
        return await self._ado("long_text", object_name, record_id, field, start=start)

    def create_record(self, object_name: str, values: dict[str, Any]) -> Any:
        """Make a record of these fields, by API name, such as {"LastName": "Hara"}."""
        return self._do("create", object_name, values)

    async def acreate_record(self, object_name: str, values: dict[str, Any]) -> Any:
        """As :meth:`create_record`, async to the socket."""
        return await self._ado("create", object_name, values)

    def update_record(self, object_name: str, record_id: str, values: dict[str, Any]) -> Any:
        """Change these fields of a record."""
        return self._do("update", object_name, record_id, values)

    async def aupdate_record(self, object_name: str, record_id: str, values: dict[str, Any]) -> Any:
        """As :meth:`update_record`, async to the socket."""
        return await self._ado("update", object_name, record_id, values)

    def upsert_record(self, object_name: str, field: str, value: str, values: dict[str, Any]) -> Any:
        """Change the record whose external id field has this value, or make one."""
        return self._do("upsert", object_name, field, value, values)

    async def aupsert_record(self, object_name: str, field: str, value: str, values: dict[str, Any]) -> Any:
        """As :meth:`upsert_record`, async to the socket."""
        return await self._ado("upsert", object_name, field, value, values)

    def delete_record(self, object_name: str, record_id: str) -> Any:
        """Delete a record."""
        return self._do("delete", object_name, record_id)

    async def adelete_record(self, object_name: str, record_id: str) -> Any:
        """As :meth:`delete_record`, async to the socket."""
        return await self._ado("delete", object_name, record_id)

    def _do(self, operation: str, *arguments: Any, **more: Any) -> Any:
        try:
            return _plain(getattr(self.records, operation)(*arguments, **more))
        except orgkey_records.RecordsError as error:
            return f"Error: {error}"

    async def _ado(self, operation: str, *arguments: Any, **more: Any) -> Any:
        try:
            return _plain(await getattr(self.records.twin, operation)(*arguments, **more))
        except orgkey_records.RecordsError as error:
            return f"Error: {error}"


def _plain(result: Any) -> Any:
    return result.as_dict() if isinstance(result, orgkey_records.Rows) else result
