"""One tool for each operation on records, each with a schema of its own."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from pydantic import BaseModel, PrivateAttr, ValidationError

import orgkey_records
from orgkey_langchain import inputs
from orgkey_langchain.calls import CallableTool
from orgkey_langchain.errors import as_tool_failure

__all__ = [
    "TOOLS",
    "RecordsTool",
    "SalesforceCreate",
    "SalesforceDelete",
    "SalesforceDescribe",
    "SalesforceGet",
    "SalesforceListObjects",
    "SalesforceLongText",
    "SalesforceQuery",
    "SalesforceQueryAll",
    "SalesforceSearch",
    "SalesforceUpdate",
    "SalesforceUpsert",
]

_WRITES: Final = frozenset({"create", "update", "upsert", "delete"})
_MOST_PROBLEMS: Final = 10
_LONGEST_PLACE: Final = 100


class RecordsTool(CallableTool):
    """One operation of :class:`orgkey_records.Records`.

    What a model can act on comes back to it as the tool's error; a lost session does not: it raises
    :class:`orgkey_records.AccessFailed` or :class:`orgkey.TokenRequestError`, with its diagnosis.

    Parameters
    ----------
    records:
        Whose records, and what is permitted with them. Without it the settings say how to log in
        (:func:`orgkey.connect`), and this tool's own operation is permitted.
    kwargs:
        Any field of ``BaseTool``.

    """

    operation: ClassVar[str]

    _records: orgkey_records.Records = PrivateAttr()
    _twin: orgkey_records.AsyncRecords = PrivateAttr()

    def __init__(self, records: orgkey_records.Records | None = None, **kwargs: Any) -> None:
        settings: dict[str, Any] = {
            "handle_tool_error": True,
            "handle_validation_error": _explain_validation,
            "metadata": {"readOnlyHint": not self.writes(), "destructiveHint": self.operation == "delete"},
        }
        super().__init__(**settings | kwargs)
        if records is None:
            records = orgkey_records.Records(allow={self.operation} & _WRITES)
        self._records, self._twin = records, records.twin

    @classmethod
    def writes(cls) -> bool:
        """Whether it may change something."""
        return cls.operation in _WRITES

    def _run(self, **arguments: Any) -> Any:
        try:
            return _plain(getattr(self._records, self.operation)(**arguments))
        except orgkey_records.RecordsError as error:
            raise as_tool_failure(error) from error

    async def _arun(self, **arguments: Any) -> Any:
        try:
            return _plain(await getattr(self._twin, self.operation)(**arguments))
        except orgkey_records.RecordsError as error:
            raise as_tool_failure(error) from error


class SalesforceQuery(RecordsTool):
    """A SOQL query."""

    operation: ClassVar[str] = "soql"
    name: str = "salesforce_query"
    description: str = (
        "Query Salesforce records with SOQL. Rows come flat, a parent's fields as Account.Name. A notice says when "
        "there are more rows than are shown."
    )
    args_schema: type[BaseModel] = inputs.SoqlInput


class SalesforceQueryAll(RecordsTool):
    """All rows of a SOQL query, over all of its pages."""

    operation: ClassVar[str] = "query_all"
    name: str = "salesforce_query_all"
    description: str = (
        "All rows of a Salesforce SOQL query, over all of its pages. Use it only where every row is needed and "
        "salesforce_query says that some are missing."
    )
    args_schema: type[BaseModel] = inputs.QueryAllInput


class SalesforceSearch(RecordsTool):
    """A search for a text."""

    operation: ClassVar[str] = "search"
    name: str = "salesforce_search"
    description: str = "Find Salesforce records that contain a text, in any of their fields."
    args_schema: type[BaseModel] = inputs.SearchInput


class SalesforceDescribe(RecordsTool):
    """An object's description."""

    operation: ClassVar[str] = "describe"
    name: str = "salesforce_describe"
    description: str = (
        "Describe a Salesforce object: its fields with types, picklist values, references, and which are required."
    )
    args_schema: type[BaseModel] = inputs.DescribeInput


class SalesforceListObjects(RecordsTool):
    """The objects there are."""

    operation: ClassVar[str] = "list_objects"
    name: str = "salesforce_list_objects"
    description: str = "List the Salesforce objects that can be queried."
    args_schema: type[BaseModel] = inputs.ListObjectsInput


class SalesforceGet(RecordsTool):
    """One record."""

    operation: ClassVar[str] = "get"
    name: str = "salesforce_get"
    description: str = "Read one Salesforce record by its id. Fields that this user cannot see are listed apart."
    args_schema: type[BaseModel] = inputs.GetInput


class SalesforceLongText(RecordsTool):
    """A long text, part by part."""

    operation: ClassVar[str] = "long_text"
    name: str = "salesforce_long_text"
    description: str = "Read a long text field of a Salesforce record part by part, where a query's answer cut it."
    args_schema: type[BaseModel] = inputs.LongTextInput


class SalesforceCreate(RecordsTool):
    """A new record."""

    operation: ClassVar[str] = "create"
    name: str = "salesforce_create"
    description: str = "Create a Salesforce record. Returns its id."
    args_schema: type[BaseModel] = inputs.CreateInput


class SalesforceUpdate(RecordsTool):
    """A change of a record."""

    operation: ClassVar[str] = "update"
    name: str = "salesforce_update"
    description: str = "Change fields of a Salesforce record."
    args_schema: type[BaseModel] = inputs.UpdateInput


class SalesforceUpsert(RecordsTool):
    """A change of a record, or a new one."""

    operation: ClassVar[str] = "upsert"
    name: str = "salesforce_upsert"
    description: str = "Change the Salesforce record with the given external id, or create it where there is none."
    args_schema: type[BaseModel] = inputs.UpsertInput


class SalesforceDelete(RecordsTool):
    """The end of a record."""

    operation: ClassVar[str] = "delete"
    name: str = "salesforce_delete"
    description: str = "Delete a Salesforce record."
    args_schema: type[BaseModel] = inputs.DeleteInput


TOOLS: Final[tuple[type[RecordsTool], ...]] = (
    SalesforceQuery,
    SalesforceQueryAll,
    SalesforceSearch,
    SalesforceDescribe,
    SalesforceListObjects,
    SalesforceGet,
    SalesforceLongText,
    SalesforceCreate,
    SalesforceUpdate,
    SalesforceUpsert,
    SalesforceDelete,
)


def _plain(result: Any) -> Any:
    """``result`` as a dict: LangChain takes a list for the parts of a message."""
    if isinstance(result, orgkey_records.Rows):
        return result.as_dict()
    return {"objects": result} if isinstance(result, list) else result


def _explain_validation(error: Any) -> str:
    """What is wrong with the arguments, without repeating them: they may be a megabyte."""
    if not isinstance(error, ValidationError):
        return "The arguments do not fit this tool's schema."
    problems = [f"{_place(each['loc'])}: {each['msg']}" for each in error.errors()[:_MOST_PROBLEMS]]
    return f"The arguments do not fit this tool: {'; '.join(problems)}."


def _place(location: tuple[int | str, ...]) -> str:
    place = ".".join(map(str, location)) or "arguments"
    return place if len(place) <= _LONGEST_PLACE else f"{place[:_LONGEST_PLACE]}..."
