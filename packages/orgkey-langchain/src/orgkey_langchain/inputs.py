"""The arguments that a model may give to each tool of the toolkit."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, Field

__all__ = [
    "CreateInput",
    "DeleteInput",
    "DescribeInput",
    "GetInput",
    "ListObjectsInput",
    "LongTextInput",
    "QueryAllInput",
    "SearchInput",
    "SoqlInput",
    "UpdateInput",
    "UpsertInput",
]

_OBJECT: Final = "API name of the object, such as Contact or Invoice__c"
_ID: Final = "Id of the record, 15 or 18 characters, as a query gives it"
_VALUES: Final = 'Fields to set, by API name, such as {"LastName": "Hara"}'


class SoqlInput(BaseModel):
    """A query."""

    query: str = Field(description="SOQL SELECT statement. Name the fields; add LIMIT, or use COUNT() to count")
    max_rows: int | None = Field(None, ge=1, description="The most rows to return")


class QueryAllInput(BaseModel):
    """A query of which all rows are wanted."""

    query: str = Field(description="SOQL SELECT statement. Name the few fields that are needed")


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
