"""What objects and fields an org has, and how they refer to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["TYPES", "ChildRelationship", "Field", "FieldType", "SObject", "Schema"]


LONGEST_COMPARABLE: Final = 255
"""Text areas beyond this many characters are Long Text Areas, which no filter takes."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """How one Salesforce field type is stored, described and spoken about."""

    name: str
    sqlite: str = "TEXT COLLATE NOCASE"
    soap: str = "xsd:string"
    apex: str = "String"
    length: int = 0
    textual: bool = False
    numeric: bool = False


def _types(*types: FieldType) -> Mapping[str, FieldType]:
    return MappingProxyType({each.name: each for each in types})


TYPES: Final = _types(
    FieldType("id", "TEXT", "tns:ID", "Id", 18),
    FieldType("reference", "TEXT", "tns:ID", "Id", 18),
    FieldType("string", length=255, textual=True),
    FieldType("textarea", length=32000, textual=True),
    FieldType("picklist", length=255, textual=True),
    FieldType("multipicklist", length=4099, textual=True),
    FieldType("combobox", length=255, textual=True),
    FieldType("email", length=80, textual=True),
    FieldType("phone", length=40, textual=True),
    FieldType("url", length=255, textual=True),
    FieldType("boolean", "INTEGER", "xsd:boolean", "Boolean"),
    FieldType("int", "INTEGER", "xsd:int", "Integer", numeric=True),
    FieldType("double", "REAL", "xsd:double", "Double", numeric=True),
    FieldType("currency", "REAL", "xsd:double", "Double", numeric=True),
    FieldType("percent", "REAL", "xsd:double", "Double", numeric=True),
    FieldType("date", "TEXT", "xsd:date", "Date"),
    FieldType("datetime", "TEXT", "xsd:dateTime", "Datetime"),
    FieldType("base64", "BLOB", "xsd:base64Binary", "Blob"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object.

    ``name`` is the API name, ``type`` a key of `TYPES`. A reference names the objects it may point to in
    ``reference_to``, the name a query follows it by in ``relationship`` and the name the parent lists its
    children under in ``child_relationship``. ``formula`` is an SQL expression over the record's own columns: such a
    field is computed and read-only. ``lookup_by`` marks what people search and sort by most. ``default`` is what a
    new record gets when the client says nothing.
    """

    name: str
    type: str = "string"
    label: str = ""
    length: int | None = None
    required: bool = False
    createable: bool = True
    updateable: bool = True
    external_id: bool = False
    unique: bool = False
    reference_to: tuple[str, ...] = ()
    relationship: str = ""
    child_relationship: str = ""
    picklist: tuple[str, ...] = ()
    restricted: bool = False
    default: object = None
    formula: str = ""
    lookup_by: bool = False

    @property
    def indexed(self) -> bool:
        """Whether finding and sorting records by it is fast: keys, parents that list their children, ``lookup_by``."""
        return self.type == "id" or bool(self.child_relationship or self.external_id or self.unique or self.lookup_by)

    @property
    def custom(self) -> bool:
        """Whether the org's admin made it."""
        return self.name.endswith("__c")

    @property
    def kind(self) -> FieldType:
        """What its type implies."""
        return TYPES[self.type]

    @property
    def max_length(self) -> int:
        """Longest text it takes, in characters; 0 where text has no part in it."""
        return self.kind.length if self.length is None else self.length

    @property
    def comparable(self) -> bool:
        """Whether a query may filter and group by it: not file content, not text longer than 255."""
        long_text = self.type == "textarea" and self.max_length > LONGEST_COMPARABLE
        return not long_text and self.type != "base64"

    @property
    def sortable(self) -> bool:
        """Whether a query may sort by it."""
        return self.comparable and self.type != "multipicklist"

    @property
    def title(self) -> str:
        """Its label, or one made of its name."""
        return self.label or _spaced(self.name.removesuffix("__c").replace("_", " "))

    @property
    def followed_as(self) -> str:
        """The relationship name a query path uses: given, or Foo__r for Foo__c."""
        if self.relationship or self.type != "reference":
            return self.relationship
        return self.name[:-1] + "r" if self.custom else self.name.removesuffix("Id")


_SYSTEM_FIELDS: Final = (
    Field("Id", "id", "Record ID", createable=False, updateable=False),
    Field("IsDeleted", "boolean", "Deleted", createable=False, updateable=False, default=False),
    Field("CreatedDate", "datetime", createable=False, updateable=False),
    Field(
        "CreatedById", "reference", "Created By ID", createable=False, updateable=False, reference_to=("User",),
        relationship="CreatedBy",
    ),
    Field("LastModifiedDate", "datetime", createable=False, updateable=False),
    Field(
        "LastModifiedById", "reference", "Last Modified By ID", createable=False, updateable=False,
        reference_to=("User",), relationship="LastModifiedBy",
    ),
    Field("SystemModstamp", "datetime", createable=False, updateable=False),
)  # fmt: skip

_OWNER: Final = Field("OwnerId", "reference", "Owner ID", reference_to=("User",), relationship="Owner")


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """How a parent lists its children: the subquery's name, the child object and the field that points back."""

    name: str
    child: str
    field: str


@dataclass(frozen=True, slots=True)
class SObject:
    """One object: its names, the prefix of its ids, and its fields by lower-case name."""

    name: str
    key_prefix: str
    fields: Mapping[str, Field]
    label: str = ""
    label_plural: str = ""
    name_field: str = "Name"
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    searchable: bool = True
    relationships: Mapping[str, Field] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        name: str,
        key_prefix: str,
        fields: Iterable[Field],
        *,
        owned: bool = True,
        label: str = "",
        label_plural: str = "",
        name_field: str = "Name",
        read_only: bool = False,
        searchable: bool = True,
    ) -> SObject:
        """Build an object: system fields come first, then ``OwnerId`` where records have an owner, then ``fields``."""
        every = [*_SYSTEM_FIELDS, *([_OWNER] if owned else []), *fields]
        by_name = {each.name.lower(): each for each in every}
        title = label or _spaced(name.removesuffix("__c").replace("_", " "))
        return cls(
            name=name,
            key_prefix=key_prefix,
            fields=MappingProxyType(by_name),
            label=title,
            label_plural=label_plural or title + "s",
            name_field=name_field,
            createable=not read_only,
            updateable=not read_only,
            deletable=not read_only,
            searchable=searchable,
            relationships=_relationships(by_name),
        )

    @property
    def custom(self) -> bool:
        """Whether the org's admin made it."""
        return self.name.endswith("__c")

    def field(self, name: str) -> Field | None:
        """The field of that name, whatever its case."""
        return self.fields.get(name.lower())

    def relationship(self, name: str) -> Field | None:
        """The reference field that a query follows as ``name``."""
        return self.relationships.get(name.lower())

    def with_field(self, new: Field) -> SObject:
        """A copy that has one more field, or another one in its place."""
        by_name = {**self.fields, new.name.lower(): new}
        return SObject(
            self.name, self.key_prefix, MappingProxyType(by_name), self.label, self.label_plural, self.name_field,
            self.createable, self.updateable, self.deletable, self.searchable, _relationships(by_name),
        )  # fmt: skip


def _relationships(fields: Mapping[str, Field]) -> Mapping[str, Field]:
    return MappingProxyType({each.followed_as.lower(): each for each in fields.values() if each.type == "reference"})


def _spaced(name: str) -> str:
    """``LastModifiedDate`` -> ``Last Modified Date``."""
    return "".join(f" {c}" if c.isupper() and i and name[i - 1].islower() else c for i, c in enumerate(name))


class Schema:
    """The objects of one org. Starts as a shared standard set; what an admin adds belongs to this org alone."""

    __slots__ = ("_children", "_objects", "version")

    def __init__(self, objects: Mapping[str, SObject]) -> None:
        self._objects = objects
        self._children: dict[str, dict[str, ChildRelationship]] | None = None
        self.version = 0

    def __iter__(self) -> Iterator[SObject]:
        return iter(self._objects.values())

    def get(self, name: str) -> SObject | None:
        """The object of that name, whatever its case."""
        return self._objects.get(name.lower())

    def by_prefix(self, record_id: str) -> SObject | None:
        """The object whose ids start as ``record_id`` does."""
        return next((each for each in self if each.key_prefix == record_id[:3]), None)

    def put(self, sobject: SObject) -> None:
        """Add an object, or replace the one of that name."""
        self._objects = {**self._objects, sobject.name.lower(): sobject}
        self._children = None
        self.version += 1

    def children(self, parent: str) -> Mapping[str, ChildRelationship]:
        """The child relationships of an object, by lower-case name."""
        if self._children is None:
            self._children = self._find_children()
        return self._children.get(parent, {})

    def _find_children(self) -> dict[str, dict[str, ChildRelationship]]:
        found: dict[str, dict[str, ChildRelationship]] = {}
        for child in self:
            for reference in child.fields.values():
                name = reference.child_relationship
                for parent in reference.reference_to if name else ():
                    found.setdefault(parent, {})[name.lower()] = ChildRelationship(name, child.name, reference.name)
        return found
