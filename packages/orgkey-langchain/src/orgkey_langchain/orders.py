"""What SalesforceTool is asked to do, checked: the same for the blocking and for the asynchronous way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import orgkey_records
from orgkey_langchain.errors import ToolInputRefused

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Order", "check_target"]

# What each operation needs, and langchain-salesforce's words where it is missing.
_NEEDS: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "query": (("query",), "Query string is required for 'query' operation"),
    "describe": (("object_name",), "Object name is required for 'describe' operation"),
    "list_objects": ((), ""),
    "create": (("object_name", "record_data"), "Object name and record data required for 'create' operation"),
    "update": (
        ("object_name", "record_id", "record_data"),
        "Object name, record ID, and data required for 'update' operation",
    ),
    "delete": (("object_name", "record_id"), "Object name and record ID required for 'delete' operation"),
    "get_field_metadata": (
        ("object_name", "field_name"),
        "Object name and field name required for 'get_field_metadata' operation",
    ),
}
# An id, or Field__c/value as simple-salesforce takes it. Nothing here leads to another path.
_RECORD: Final = re.compile(r"[A-Za-z0-9]{1,18}|[A-Za-z]\w{0,99}/[\w@+:-][\w.@+:-]{0,254}", re.ASCII)
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Order:
    """One call of the tool, all of it fit to be sent."""

    operation: str
    object_name: str = ""
    query: str = ""
    record_data: dict[str, Any] | None = None
    record_id: str = ""
    field_name: str = ""

    @classmethod
    def of(  # noqa: PLR0917  # langchain-salesforce's order
        cls,
        operation: Any,
        object_name: Any = None,
        query: Any = None,
        record_data: Any = None,
        record_id: Any = None,
        field_name: Any = None,
        run_manager: Any = None,
    ) -> Order:
        """The order. Raises :class:`ToolInputRefused`, in langchain-salesforce's words where it has some.

        ``run_manager`` is LangChain's, for a subclass that asks for one and passes on all that it is given.
        """
        del run_manager
        if operation not in _NEEDS:
            raise ToolInputRefused(f"Unsupported operation: {_short(operation)}")
        given = {
            "object_name": object_name,
            "query": query,
            "record_data": record_data,
            "record_id": record_id,
            "field_name": field_name,
        }
        needed, complaint = _NEEDS[operation]
        if not all(given.get(name) for name in needed):
            raise ToolInputRefused(complaint)
        checks = _checks()
        try:
            return cls(operation, **{name: checks[name](given[name]) for name in needed})
        except orgkey_records.InvalidInput as error:
            raise ToolInputRefused(str(error)) from None


def check_target(name: str, client: Any) -> None:
    """Refuse an object name that is an attribute of ``client``, such as ``session`` or ``bulk``."""
    from simple_salesforce.api import Salesforce

    held = getattr(client, "__dict__", {})
    # What a program put there itself may stand for an object: a stand-in of its tests does.
    taken = name in held and not hasattr(held[name], "describe")
    if hasattr(Salesforce, name) or name in _CLIENT_STATE or taken:
        raise ToolInputRefused(
            f"'{name}' is no object of Salesforce. Use an API name such as Contact; see list_objects."
        )


# Names that simple-salesforce's client has besides its class's: its __getattr__ is never asked for them.
_CLIENT_STATE: Final = frozenset(
    {
        "apex_url",
        "api_usage",
        "auth",
        "auth_site",
        "auth_type",
        "base_url",
        "bulk",
        "bulk2",
        "bulk2_url",
        "bulk_url",
        "domain",
        "headers",
        "metadata_url",
        "oauth2_url",
        "proxies",
        "request",
        "session",
        "session_id",
        "sf_instance",
        "sf_version",
        "tooling_url",
    }
)


def _record(value: Any) -> str:
    if not isinstance(value, str) or not _RECORD.fullmatch(value) or ".." in value:
        raise ToolInputRefused(f"{_short(value)} is no record id. Take the Id of a query's answer.")
    return value


def _field(value: Any) -> str:
    # A name that is none cannot be found either: langchain-salesforce's words for that say enough.
    return str(value)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) and value.isascii() and value.isprintable() else ascii(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


@cache
def _checks() -> dict[str, Callable[[Any], Any]]:
    """What looks at each argument. Made at the first call, so that the import of a tool costs little."""
    return {
        "query": orgkey_records.check_statement,
        "object_name": orgkey_records.check_object,
        "record_data": orgkey_records.check_values,
        "record_id": _record,
        "field_name": _field,
    }
