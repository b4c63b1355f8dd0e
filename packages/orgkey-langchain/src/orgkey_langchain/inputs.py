"""What a model is told of each tool of the toolkit, and the arguments it may give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, Field

__all__ = ["SPECS", "Spec"]

_OBJECT: Final = "API name of the object, such as Contact or Invoice__c"
_ID: Final = "Id of the record, 15 or 18 characters, as a query gives it"
_VALUES: Final = 'Fields to set, by API name, such as {"LastName": "Hara"}'


class SoqlInput(BaseModel):
    """A query."""

    query: str = Field(description="SOQL SELECT statement. Name the fields; add LIMIT, or use COUNT() to count")
    max_rows: int | None = Field(None, ge=1, description="The most rows to return")


class SearchInput(BaseModel):
    """A text search."""

    text: str = Field(description="Text to look for, at least two characters")
    objects: dict[str, list[str]] = Field(
        description='Objects to search, each with the fields to return, such as {"Account": ["Id", "Name"]}'
    )


class DescribeInput(BaseModel):
    """An object to describe."""

    object_name: str = Field(description=_OBJECT)


class ListObjectsInput(BaseModel):
    """Which objects to list."""

    containing: str = Field("", description="List only objects whose name or label contains this")


class GetInput(BaseModel):
    """A record to read."""

    object_name: str = Field(description=_OBJECT)
    record_id: str = Field(description=_ID)
    fields: list[str] | None = Field(None, description="Fields to return, such as Name or Account.Name; all without it")


class LongTextInput(BaseModel):
    """A long text to read on in."""

    object_name: str = Field(description=_OBJECT)
    record_id: str = Field(description=_ID)
    field: str = Field(description="API name of the text field")
    start: int = Field(0, ge=0, description="How many characters to skip; the end of the part before")


class CreateInput(BaseModel):
    """A record to make."""

    object_name: str = Field(description=_OBJECT)
    values: dict[str, Any] = Field(description=_VALUES)


class UpdateInput(BaseModel):
    """A record to change."""

    object_name: str = Field(description=_OBJECT)
    record_id: str = Field(description=_ID)
    values: dict[str, Any] = Field(description=_VALUES)


class UpsertInput(BaseModel):
    """A record to change or make."""

    object_name: str = Field(description=_OBJECT)
    field: str = Field(description="API name of an external id field; describe marks them")
    value: str = Field(description="Value of the external id")
    values: dict[str, Any] = Field(description=_VALUES)


class DeleteInput(BaseModel):
    """A record to delete."""

    object_name: str = Field(description=_OBJECT)
    record_id: str = Field(description=_ID)


@dataclass(frozen=True, slots=True)
class Spec:
    """One tool: the operation of Records behind it, and what the model is told."""

    operation: str
    name: str
    description: str
    arguments: type[BaseModel]


SPECS: Final = (
    Spec(
        "soql",
        "salesforce_query",
        "Query Salesforce records with SOQL. Rows come flat, a parent's fields as Account.Name. A notice says when "
        "there are more rows than are shown.",
        SoqlInput,
    ),
    Spec(
        "search",
        "salesforce_search",
        "Find Salesforce records that contain a text, in any of their fields.",
        SearchInput,
    ),
    Spec(
        "describe",
        "salesforce_describe",
        "Describe a Salesforce object: its fields with types, picklist values, references, and which are required.",
        DescribeInput,
    ),
    Spec(
        "list_objects", "salesforce_list_objects", "List the Salesforce objects that can be queried.", ListObjectsInput
    ),
    Spec(
        "get",
        "salesforce_get",
        "Read one Salesforce record by its id. Fields that this user cannot see are listed apart.",
        GetInput,
    ),
    Spec(
        "long_text",
        "salesforce_long_text",
        "Read a long text field of a Salesforce record part by part, where a query's answer cut it.",
        LongTextInput,
    ),
    Spec("create", "salesforce_create", "Create a Salesforce record. Returns its id.", CreateInput),
    Spec("update", "salesforce_update", "Change fields of a Salesforce record.", UpdateInput),
    Spec(
        "upsert",
        "salesforce_upsert",
        "Change the Salesforce record with the given external id, or create it where there is none.",
        UpsertInput,
    ),
    Spec("delete", "salesforce_delete", "Delete a Salesforce record.", DeleteInput),
)
