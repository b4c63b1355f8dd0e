"""Several requests in one: composite, batch, and collections of records.

REST API Developer Guide, "Composite Resources".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from starlette.requests import Request

from orgkey_sim.api import apex, rest, search
from orgkey_sim.api.resource import Call, Resource, as_object, json_answer, resource
from orgkey_sim.data import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import Message, Receive

__all__ = ["routes"]

_MAX_COMPOSITE: Final = 25
_MAX_RECORDS: Final = 200
_REFERENCE: Final = re.compile(r"@\{(\w+)\.([\w.\[\]]+)\}")
_HALTED: Final = {
    "errorCode": "PROCESSING_HALTED",
    "message": "The transaction was rolled back since another operation in the same transaction failed.",
}


# -- composite and batch ------------------------------------------------------------------------------------------


async def _composite(call: Call) -> Response:
    body = as_object(await call.json())
    requests = _parts(body, "compositeRequest")
    if body.get("allOrNone") is True:
        return json_answer({"compositeResponse": await _all_or_none(call, requests)})
    answers: dict[str, Any] = {}
    return json_answer({"compositeResponse": [await _subrequest(call, each, answers) for each in requests]})


async def _all_or_none(call: Call, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    answers: dict[str, Any] = {}
    with call.records.atomic() as step:
        for part in requests:
            results.append(await _subrequest(call, part, answers))
            if _failed(results[-1]["httpStatusCode"]):
                step.undo()
                break
    if not step.undone:
        return results
    halted = [_result([_HALTED], 400, str(part.get("referenceId", ""))) for part in requests]
    halted[len(results) - 1] = results[-1]
    return halted


def _failed(status: int) -> bool:
    return status >= HTTPStatus.BAD_REQUEST


async def _subrequest(call: Call, part: Mapping[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    reference = str(part.get("referenceId", ""))
    try:
        url = _filled(str(part.get("url", "")), answers)
        body = _filled(part.get("body"), answers)
    except ApiError as error:
        return _result([error.as_json()], error.status, reference)
    status, value = await _run(call, _Part(str(part.get("method", "GET")), url, body))
    answers[reference] = value
    return _result(value, status, reference)


def _result(body: object, status: int, reference: str) -> dict[str, Any]:
    return {"body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": reference}


def _filled(value: Any, answers: Mapping[str, Any]) -> Any:
    """Replace each ``@{reference.field}`` by what an earlier part answered."""
    if isinstance(value, str):
        return _REFERENCE.sub(lambda found: str(_looked_up(answers, found[1], found[2])), value)
    if isinstance(value, list):
        return [_filled(each, answers) for each in value]
    if isinstance(value, dict):
        return {key: _filled(each, answers) for key, each in value.items()}
    return value


def _looked_up(answers: Mapping[str, Any], reference: str, path: str) -> Any:
    value: Any = answers.get(reference)
    for step in re.findall(r"\w+", path):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            message = f"Invalid reference specified. No value for {reference}.{path} found in {reference}"
            raise ApiError(400, "PROCESSING_HALTED", message)
    return value


async def _batch(call: Call) -> Response:
    body = as_object(await call.json())
    results = []
    failed = False
    for each in _parts(body, "batchRequests"):
        if failed and body.get("haltOnError") is True:
            results.append({"statusCode": 412, "result": [_HALTED]})
            continue
        address = "/services/data/" + str(each.get("url", "")).removeprefix("/services/data/")
        status, value = await _run(call, _Part(str(each.get("method", "GET")), address, each.get("richInput")))
        results.append({"statusCode": status, "result": value})
        failed = failed or _failed(status)
    return json_answer({"hasErrors": failed, "results": results})


def _parts(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    parts = body.get(name)
    if not isinstance(parts, list) or not all(isinstance(each, dict) for each in parts):
        raise ApiError(400, "JSON_PARSER_ERROR", f"{name} is required to be an array of objects")
    if len(parts) > _MAX_COMPOSITE:
        raise ApiError(400, "LIMIT_EXCEEDED", f"The limit of {_MAX_COMPOSITE} subrequests was exceeded")
    return parts


@dataclass(frozen=True, slots=True)
class _Part:
    """One request inside another."""

    method: str
    url: str
    body: object


async def _run(call: Call, part: _Part) -> tuple[int, Any]:
    """Send one part to the address it names, inside this request: its status and its answer."""
    address, _, query = part.url.partition("?")
    path = unquote(address)
    for route in _PARTS:
        found = route.path_regex.match(path)
        if found:
            content = b"" if part.body is None else json.dumps(part.body).encode()
            scope = {
                **call.request.scope,
                "method": part.method.upper(),
                "path": path,
                "query_string": query.encode("utf-8", "replace"),
                "path_params": found.groupdict(),
            }
            answer = await route.answer(Call(Request(scope, _receive(content)), call.session))
            body = bytes(answer.body)
            return answer.status_code, json.loads(body) if body else None
    return HTTPStatus.NOT_FOUND, [ApiError(404, "NOT_FOUND", "The requested resource does not exist").as_json()]


def _receive(content: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    return receive


# -- collections of records ---------------------------------------------------------------------------------------


async def _create_many(call: Call) -> Response:
    def create(record: dict[str, Any]) -> dict[str, Any]:
        return {"id": call.records.create(_type_of(record), record, call.user_id), "success": True, "errors": []}

    return await _each_record(call, create)


async def _update_many(call: Call) -> Response:
    def update(record: dict[str, Any]) -> dict[str, Any]:
        values = {name: value for name, value in record.items() if name.lower() != "id"}
        record_id = str(record.get("id") or record.get("Id") or "")
        call.records.update(_type_of(record), record_id, values, call.user_id)
        return {"id": record_id, "success": True, "errors": []}

    return await _each_record(call, update)


async def _upsert_many(call: Call) -> Response:
    def upsert(record: dict[str, Any]) -> dict[str, Any]:
        key = call.part("key")
        values = {name: value for name, value in record.items() if name.lower() != key.lower()}
        key_value = next((str(value) for name, value in record.items() if name.lower() == key.lower()), "")
        record_id, created = call.records.upsert(call.part("name"), key, key_value, values, call.user_id)
        return {"id": record_id, "success": True, "errors": [], "created": created}

    return await _each_record(call, upsert)


async def _each_record(call: Call, save: Any) -> Response:
    body = as_object(await call.json())
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise ApiError(400, "JSON_PARSER_ERROR", "records is required to be an array of objects")
    return _save_all(call, records, save, all_or_none=body.get("allOrNone") is True)


async def _delete_many(call: Call) -> Response:
    def delete(record_id: str) -> dict[str, Any]:
        sobject = call.records.schema.by_prefix(record_id)
        if sobject is None:
            raise ApiError(400, "MALFORMED_ID", f"bad id {record_id}", ())
        call.records.delete(sobject.name, record_id, call.user_id)
        return {"id": record_id, "success": True, "errors": []}

    wanted = [each for each in call.request.query_params.get("ids", "").split(",") if each]
    together = call.request.query_params.get("allOrNone", "").lower() == "true"
    return _save_all(call, wanted, delete, all_or_none=together)


def _save_all(call: Call, items: Sequence[Any], save: Any, *, all_or_none: bool) -> Response:
    if len(items) > _MAX_RECORDS:
        message = f"record limit reached. cannot submit more than {_MAX_RECORDS} records into this call"
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)
    with call.records.atomic() as step:
        results = [_saved(call, save, each) for each in items]
        if all_or_none and not all(each["success"] for each in results):
            step.undo()
            results = [_ROLLED_BACK if each["success"] else each for each in results]
    return json_answer(results)


_ROLLED_BACK: Final = {
    "success": False,
    "errors": [{
        "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "message": "Record rolled back because not all records were valid and the request was using AllOrNone header",
        "fields": [],
    }],
}  # fmt: skip


def _saved(call: Call, save: Any, item: Any) -> dict[str, Any]:
    try:
        with call.records.atomic():
            result: dict[str, Any] = save(item)
    except ApiError as error:
        return {"success": False, "errors": [error.as_save_error()]}
    return result


def _type_of(record: Mapping[str, Any]) -> str:
    attributes = record.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(name, str):
        raise ApiError(400, "INVALID_INPUT", "Each record must have attributes with a type", ())
    return name


_COMPOSITE: Final = "/services/data/v{version}/composite"
_COLLECTIONS: Final = [
    resource(_COMPOSITE + "/sobjects", POST=_create_many, PATCH=_update_many, DELETE=_delete_many),
    resource(_COMPOSITE + "/sobjects/{name}/{key}", PATCH=_upsert_many),
]
_PARTS: Final[list[Resource]] = [
    each for each in (*rest.routes, *search.routes, *apex.routes, *_COLLECTIONS) if isinstance(each, Resource)
]
routes: list[Route] = [
    resource(_COMPOSITE, POST=_composite),
    resource(_COMPOSITE + "/batch", POST=_batch),
    *_COLLECTIONS,
]
