"""Creating, changing and deleting records, with the checks Salesforce makes before it saves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

from orgkey_sim.data import ids, values
from orgkey_sim.data.errors import ApiError
from orgkey_sim.data.files import AFTER_CREATE, before_save
from orgkey_sim.data.soql.dates import format_datetime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orgkey_sim.data.ids import IdSequence
    from orgkey_sim.data.schema import Field, Schema, SObject
    from orgkey_sim.data.store import Store

__all__ = ["ManyMatchesError", "Writer"]

_NOT_YOURS: Final = (
    "Unable to create/update fields: {}. Please check the security settings of this field and verify that it is "
    "read/write for your profile or permission set."
)


class ManyMatchesError(ApiError):
    """More than one record has the external id; ``ids`` are theirs (REST answers 300)."""

    def __init__(self, sobject: SObject, record_ids: list[str]) -> None:
        message = f"{len(record_ids)} {sobject.name} records have that external id"
        super().__init__(300, "DUPLICATE_EXTERNAL_ID", message, ())
        self.object_name = sobject.name
        self.ids = record_ids


class Writer:
    """Writes to the org's tables on behalf of a user."""

    def __init__(self, now: Callable[[], float], schema: Schema, store: Store, sequence: IdSequence) -> None:
        self._now = now
        self._schema = schema
        self._store = store
        self._sequence = sequence

    def create(self, sobject: SObject, given: Mapping[str, object], user_id: str | None) -> str:
        """Insert a record and return its id."""
        if not sobject.createable:
            self._not_allowed(sobject, "create")
        columns = self._columns(sobject, given, creating=True)
        missing = [each.name for each in sobject.fields.values() if each.required and columns.get(each.name) is None]
        if missing:
            names = ", ".join(missing)
            raise ApiError(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{names}]", tuple(missing))
        self._check_unique(sobject, columns, None)
        record_id = self._sequence.take(sobject.key_prefix)
        with self._store.transaction():
            self._put(sobject, record_id, self._defaults(sobject, user_id) | columns, user_id)
            after = AFTER_CREATE.get(sobject.name)
            if after:
                after(self, record_id, columns, user_id)
        return record_id

    def update(self, sobject: SObject, record_id: str, given: Mapping[str, object], user_id: str | None) -> None:
        """Change the fields ``given`` of one record."""
        if not sobject.updateable:
            self._not_allowed(sobject, "edit")
        columns = self._columns(sobject, given, creating=False)
        record_id = self.existing(sobject, record_id)
        emptied = [
            each.name for each in sobject.fields.values()
            if each.required and each.name in columns and columns[each.name] is None
        ]  # fmt: skip
        if emptied:
            names = ", ".join(emptied)
            raise ApiError(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{names}]", tuple(emptied))
        self._check_unique(sobject, columns, record_id)
        self._store.update(sobject, record_id, columns | self._touched(user_id))

    def delete(self, sobject: SObject, record_id: str, user_id: str | None, *, hard: bool = False) -> None:
        """Put one record in the recycle bin; ``hard`` removes it at once."""
        if not sobject.deletable:
            self._not_allowed(sobject, "delete")
        record_id = self.existing(sobject, record_id)
        if not hard:
            self._store.update(sobject, record_id, {"IsDeleted": True} | self._touched(user_id))
            return
        with self._store.transaction() as connection:
            connection.execute(f'DELETE FROM {self._store.table(sobject)} WHERE "Id" = ?', [record_id])  # noqa: S608

    def upsert(
        self, sobject: SObject, key: str, key_value: str, given: Mapping[str, object], user_id: str | None
    ) -> tuple[str, bool]:
        """Update the record whose external id field ``key`` is ``key_value``, or create it.

        Returns the id and whether the record is new.

        Raises
        ------
        ManyMatchesError
            several records have that value.
        """
        field = self.key_field(sobject, key)
        if any(name.lower() == field.name.lower() for name in given):
            message = f"The {field.name} field should not be specified in the sobject data."
            raise ApiError(400, "INVALID_FIELD", message)
        found = self.find(sobject, field, key_value)
        if found:
            self.update(sobject, found[0], given, user_id)
            return found[0], False
        if field.type == "id":
            self.existing(sobject, key_value)
        return self.create(sobject, {**given, field.name: key_value}, user_id), True

    def key_field(self, sobject: SObject, name: str) -> Field:
        """The external id field ``name``, or ``Id``."""
        field = sobject.field(name)
        if field is None or not (field.external_id or field.type == "id"):
            message = f"Provided external ID field does not exist or is not accessible: {name}"
            raise ApiError(404, "NOT_FOUND", message)
        return field

    def find(self, sobject: SObject, field: Field, key_value: str) -> list[str]:
        """Ids of the one record with that key, or of none.

        Raises
        ------
        ManyMatchesError
            there are several.
        """
        sql = f'SELECT "Id" FROM {self._store.table(sobject)} WHERE "{field.name}" = ? AND "IsDeleted" = 0 LIMIT 200'  # noqa: S608
        stored = values.to_column(field, key_value)
        found = [record_id for (record_id,) in self._store.select(sql, [stored])] if stored is not None else []
        if len(found) > 1:
            raise ManyMatchesError(sobject, found)
        return found

    def existing(self, sobject: SObject, record_id: str) -> str:
        """The 18-character id of a record that is there.

        Raises
        ------
        ApiError
            MALFORMED_ID, ENTITY_IS_DELETED or INVALID_CROSS_REFERENCE_KEY.
        """
        if not ids.is_id(record_id) or not record_id.startswith(sobject.key_prefix):
            message = f"{sobject.label} ID: id value of incorrect type: {record_id}"
            raise ApiError(400, "MALFORMED_ID", message, ("Id",))
        full_id = ids.to_18(record_id)
        sql = f'SELECT "IsDeleted" FROM {self._store.table(sobject)} WHERE "Id" = ?'  # noqa: S608
        rows = self._store.select(sql, [full_id])
        if not rows:
            raise ApiError(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
        if rows[0][0]:
            raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted", ())
        return full_id

    def put(self, sobject: SObject, record_id: str, columns: Mapping[str, object]) -> None:
        """Insert or replace a record as the platform itself does: no checks, any field."""
        known = self._store.select(f'SELECT 1 FROM {self._store.table(sobject)} WHERE "Id" = ?', [record_id])  # noqa: S608
        if known:
            self._store.update(sobject, record_id, dict(columns) | self._touched(None))
        else:
            self._put(sobject, record_id, self._defaults(sobject, None) | dict(columns), None)

    def put_new(self, object_name: str, columns: Mapping[str, object], user_id: str | None) -> str:
        """Create a record that belongs to another one (the document of an uploaded file) and return its id."""
        sobject = self._schema.get(object_name)
        if sobject is None:
            raise LookupError(object_name)
        record_id = self._sequence.take(sobject.key_prefix)
        self._put(sobject, record_id, self._defaults(sobject, user_id) | dict(columns), user_id)
        return record_id

    def set_columns(self, object_name: str, record_id: str, columns: dict[str, object]) -> None:
        """Change a record as the platform itself does."""
        sobject = self._schema.get(object_name)
        if sobject is None:
            raise LookupError(object_name)
        self._store.update(sobject, record_id, columns)

    def _put(self, sobject: SObject, record_id: str, columns: Mapping[str, object], user_id: str | None) -> None:
        row = {"Id": record_id, "IsDeleted": False, **self._created(user_id), **columns}
        self._store.insert(sobject, list(row), [list(row.values())])

    def _columns(self, sobject: SObject, given: Mapping[str, object], *, creating: bool) -> dict[str, Any]:
        """Check each given value and return the columns to store."""
        columns: dict[str, Any] = {}
        refused = []
        for name, value in given.items():
            if name == "attributes":
                continue
            field = sobject.field(name)
            parent = sobject.relationship(name) if field is None else None
            if parent and isinstance(value, dict):
                columns[parent.name] = self._by_external_id(parent, value)
                continue
            if field is None:
                message = f"No such column '{name}' on sobject of type {sobject.name}"
                raise ApiError(400, "INVALID_FIELD", message)
            if not (field.createable if creating else field.updateable):
                refused.append(field.name)
                continue
            columns[field.name] = values.to_column(field, value)
            if field.type == "reference" and columns[field.name]:
                self._check_reference(field, columns[field.name])
        if refused:
            message = _NOT_YOURS.format(", ".join(refused))
            raise ApiError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, tuple(refused))
        return before_save(sobject, columns)

    def _by_external_id(self, reference: Field, value: Mapping[str, object]) -> str:
        """The id of the parent that a nested object names by its external id."""
        keys = {name: each for name, each in value.items() if name != "attributes"}
        target = self._schema.get(reference.reference_to[0])
        if target is None or len(keys) != 1:
            raise ApiError(400, "INVALID_FIELD", f"Cannot reference a foreign key field {reference.followed_as}.")
        ((name, key_value),) = keys.items()
        field = self.key_field(target, name)
        found = self.find(target, field, str(key_value))
        if not found:
            key_text = str(key_value).lower()
            message = f"Foreign key external ID: {key_text} not found for field {field.name} in entity {target.name}"
            raise ApiError(400, "INVALID_FIELD", message)
        return found[0]

    def _check_reference(self, field: Field, record_id: str) -> None:
        target = self._schema.by_prefix(record_id)
        if target is None or target.name not in field.reference_to:
            message = f"{field.title}: id value of incorrect type: {record_id}"
            code = "MALFORMED_ID" if target is None else "FIELD_INTEGRITY_EXCEPTION"
            raise ApiError(400, code, message, (field.name,))
        sql = f'SELECT 1 FROM {self._store.table(target)} WHERE "Id" = ? AND "IsDeleted" = 0'  # noqa: S608
        if not self._store.select(sql, [record_id]):
            raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (field.name,))

    def _check_unique(self, sobject: SObject, columns: Mapping[str, object], own_id: str | None) -> None:
        for field in sobject.fields.values():
            value = columns.get(field.name)
            if not field.unique or value is None:
                continue
            sql = f'SELECT "Id" FROM {self._store.table(sobject)} WHERE "{field.name}" = ? AND "IsDeleted" = 0'  # noqa: S608
            others = [record_id for (record_id,) in self._store.select(sql, [value]) if record_id != own_id]
            if others:
                message = f"duplicate value found: {field.name} duplicates value on record with id: {others[0]}"
                raise ApiError(400, "DUPLICATE_VALUE", message, ())

    def _defaults(self, sobject: SObject, user_id: str | None) -> dict[str, object]:
        defaults = {each.name: each.default for each in sobject.fields.values() if each.default is not None}
        return defaults | ({"OwnerId": user_id} if "ownerid" in sobject.fields else {})

    def _created(self, user_id: str | None) -> dict[str, object]:
        touched = self._touched(user_id)
        return {"CreatedDate": touched["LastModifiedDate"], "CreatedById": user_id, **touched}

    def _touched(self, user_id: str | None) -> dict[str, object]:
        moment = format_datetime(datetime.fromtimestamp(self._now(), UTC))
        return {"LastModifiedDate": moment, "LastModifiedById": user_id, "SystemModstamp": moment}

    def _not_allowed(self, sobject: SObject, verb: str) -> NoReturn:
        message = f"entity type {sobject.name} does not support {verb}"
        raise ApiError(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)
