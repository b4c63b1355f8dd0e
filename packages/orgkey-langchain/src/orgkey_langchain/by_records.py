"""Carries orders out with AsyncRecords, async to the socket; answers and errors are those of simple-salesforce."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orgkey
import orgkey_records
from orgkey_langchain.by_client import field_of, objects_of
from orgkey_langchain.errors import as_tool_failure, raise_refusal
from orgkey_langchain.orders import Order, check_target

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["acarry_out"]


async def acarry_out(order: Order, records: orgkey_records.AsyncRecords, client: Any) -> Any:
    """What ``client`` would give, without its blocking calls."""
    if order.object_name:
        check_target(order.object_name, client)
    call, read = _WAYS[order.operation]
    method, path, more = call(order)
    try:
        answer = await records.raw(method, *path, **more)
    except orgkey_records.AccessFailed as error:
        raise _lost_session(error) from error
    except orgkey.TokenRequestError as error:
        from orgkey_simple_salesforce import LoginFailed

        raise LoginFailed.because_of(error) from error
    except orgkey_records.RecordsError as error:
        raise as_tool_failure(error) from error
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise_refusal(_refusal(answer))
    return read(answer, order)


def _lost_session(error: orgkey_records.AccessFailed) -> Exception:
    from orgkey_simple_salesforce import SessionRejected

    return SessionRejected(error.url, error.status, _resource(error.url), error.content, error.diagnosis)


def _refusal(answer: Any) -> Exception:
    """What simple-salesforce raises for such an answer (its ``exception_handler``)."""
    from simple_salesforce import exceptions

    kinds: dict[int, Any] = {
        300: exceptions.SalesforceMoreThanOneRecord,
        400: exceptions.SalesforceMalformedRequest,
        403: exceptions.SalesforceRefusedRequest,
        404: exceptions.SalesforceResourceNotFound,
    }
    kind = kinds.get(answer.status, exceptions.SalesforceGeneralError)
    try:
        content = answer.json()
    except ValueError:
        content = answer.body.decode("utf-8", "replace")
    refusal: Exception = kind(answer.url, answer.status, _resource(answer.url), content)
    return refusal


def _resource(url: str) -> str:
    return url.partition("?")[0].rstrip("/").rpartition("/")[2]


def _json(answer: Any, _: Order) -> Any:
    return answer.json()


def _status(answer: Any, _: Order) -> Any:
    return answer.status


_Way = tuple["Callable[[Order], tuple[str, tuple[str, ...], dict[str, Any]]]", "Callable[[Any, Order], Any]"]

_WAYS: dict[str, _Way] = {
    "query": (lambda order: ("GET", ("query",), {"parameters": {"q": order.query}}), _json),
    "describe": (lambda order: ("GET", ("sobjects", order.object_name, "describe"), {}), _json),
    "list_objects": (lambda _: ("GET", ("sobjects",), {}), lambda answer, _: objects_of(answer.json())),
    "create": (lambda order: ("POST", ("sobjects", order.object_name), {"body": order.record_data}), _json),
    "update": (lambda order: ("PATCH", _record(order), {"body": order.record_data}), _status),
    "delete": (lambda order: ("DELETE", _record(order), {}), _status),
    "get_field_metadata": (
        lambda order: ("GET", ("sobjects", order.object_name, "describe"), {}),
        lambda answer, order: field_of(answer.json(), order),
    ),
}


def _record(order: Order) -> tuple[str, ...]:
    return ("sobjects", order.object_name, *order.record_id.split("/", 1))
