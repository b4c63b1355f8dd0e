"""Carries orders out with a simple-salesforce client: the blocking way, and the only one for a client of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orgkey_langchain.errors import ToolInputRefused, as_tool_failure, raise_refusal
from orgkey_langchain.orders import Order, check_target

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["carry_out", "field_of", "objects_of"]


def carry_out(order: Order, client: Any) -> Any:
    """What Salesforce answers, as ``client`` gives it.

    What a model can act on is raised as a ToolException. A lost session is not: it is raised as it is.
    """
    import requests
    from simple_salesforce.exceptions import (
        SalesforceAuthenticationFailed,
        SalesforceError,
        SalesforceExpiredSession,
    )

    if order.object_name:
        check_target(order.object_name, client)
    try:
        return _WAYS[order.operation](order, client)
    except (SalesforceAuthenticationFailed, SalesforceExpiredSession):
        raise
    except SalesforceError as error:
        raise_refusal(error)
    except requests.RequestException as error:
        raise as_tool_failure(error) from error


def objects_of(answer: Any) -> Any:
    """The objects in an answer to a describe of the whole org."""
    if not isinstance(answer, dict) or "sobjects" not in answer:
        raise ToolInputRefused("Invalid response from Salesforce describe() call")
    return answer["sobjects"]


def field_of(description: Any, order: Order) -> Any:
    """One field of an object's description."""
    for field in description.get("fields", []):
        if field.get("name") == order.field_name:
            return field
    raise ToolInputRefused(f"Field '{order.field_name}' not found in object '{order.object_name}'")


def _object(order: Order, client: Any) -> Any:
    return getattr(client, order.object_name)


_WAYS: dict[str, Callable[[Order, Any], Any]] = {
    "query": lambda order, client: client.query(order.query),
    "describe": lambda order, client: _object(order, client).describe(),
    "list_objects": lambda _, client: objects_of(client.describe()),
    "create": lambda order, client: _object(order, client).create(order.record_data),
    "update": lambda order, client: _object(order, client).update(order.record_id, order.record_data),
    "delete": lambda order, client: _object(order, client).delete(order.record_id),
    "get_field_metadata": lambda order, client: field_of(_object(order, client).describe(), order),
}
