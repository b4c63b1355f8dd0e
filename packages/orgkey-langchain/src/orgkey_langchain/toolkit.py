"""SalesforceToolkit: one tool for each operation on records, read-only unless writes are allowed by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from langchain_core.tools import BaseTool, BaseToolkit
from pydantic import PrivateAttr, ValidationError

import orgkey_records
from orgkey_langchain.errors import as_tool_failure
from orgkey_langchain.inputs import SPECS, Spec

if TYPE_CHECKING:
    from collections.abc import Iterable

    import orgkey

__all__ = ["RecordsTool", "SalesforceToolkit"]

_WRITES: Final = frozenset({"create", "update", "upsert", "delete"})
_MOST_PROBLEMS: Final = 10
_LONGEST_PLACE: Final = 100


class RecordsTool(BaseTool):
    """One operation of :class:`orgkey_records.Records`.

    What a model can act on comes back to it as the tool's error; a lost session does not: it raises
    :class:`orgkey_records.AccessFailed` or :class:`orgkey.TokenRequestError`, with its diagnosis.
    """

    _records: orgkey_records.Records = PrivateAttr()
    _twin: orgkey_records.AsyncRecords = PrivateAttr()
    _operation: str = PrivateAttr()

    def __init__(self, records: orgkey_records.Records, spec: Spec, **kwargs: Any) -> None:
        settings: dict[str, Any] = {
            "name": spec.name,
            "description": spec.description,
            "args_schema": spec.arguments,
            "handle_tool_error": True,
            "handle_validation_error": _explain_validation,
            "metadata": {"readOnlyHint": spec.operation not in _WRITES, "destructiveHint": spec.operation == "delete"},
        }
        super().__init__(**settings | kwargs)
        self._records, self._twin, self._operation = records, records.twin, spec.operation

    def _run(self, **arguments: Any) -> Any:
        try:
            return _plain(getattr(self._records, self._operation)(**arguments))
        except orgkey_records.RecordsError as error:
            raise as_tool_failure(error) from error

    async def _arun(self, **arguments: Any) -> Any:
        try:
            return _plain(await getattr(self._twin, self._operation)(**arguments))
        except orgkey_records.RecordsError as error:
            raise as_tool_failure(error) from error


class SalesforceToolkit(BaseToolkit):
    """The tools of one session: ``SalesforceToolkit().get_tools()``.

    Parameters
    ----------
    session:
        Whose records; :func:`orgkey.connect` without it.
    allow:
        The writes to have tools for: of ``create``, ``update``, ``upsert``, ``delete``. None are by default.
    objects:
        The objects that are permitted; all by default. It holds inside SOQL too.
    caps:
        How much one call may bring back, and how long it may take.
    records:
        Records of your own in place of all the above.

    """

    _records: orgkey_records.Records = PrivateAttr()

    def __init__(
        self,
        session: orgkey.OrgSession | None = None,
        *,
        allow: Iterable[str] = (),
        objects: Iterable[str] | None = None,
        caps: orgkey_records.Caps | None = None,
        records: orgkey_records.Records | None = None,
    ) -> None:
        super().__init__()
        if records is None:
            records = orgkey_records.Records(session, allow=allow, objects=objects, caps=caps)
        self._records = records

    def get_tools(self) -> list[BaseTool]:
        """The tools: all that read, and the writes that are allowed."""
        allowed = self._records.allow
        return [
            RecordsTool(self._records, spec)
            for spec in SPECS
            if spec.operation not in _WRITES or spec.operation in allowed
        ]

    def as_user(self, username: str) -> Self:
        """The same tools as another person of the org, with what that person may see and do (JWT Bearer)."""
        return type(self)(records=self._records.as_user(username))


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
