"""The REST API: versions, limits, describe, query, search, and records one by one.

Addresses and answers follow the REST API Developer Guide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response
from starlette.routing import Route

from orgkey_sim.api.resource import (
    DAILY_REQUESTS,
    FIRST_VERSION,
    LATEST_VERSION,
    Call,
    as_object,
    json_answer,
    no_content,
    resource,
)
from orgkey_sim.data import ApiError, Page
from orgkey_sim.data.columns import describe_columns
from orgkey_sim.data.describe import summary
from orgkey_sim.data.query import DEFAULT_BATCH, MAX_BATCH, MIN_BATCH
from orgkey_sim.data.soql.dates import parse_datetime

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["page_answer", "routes"]

_BATCH: Final = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)
_SEASONS: Final = {0: ("Spring", 4), 1: ("Summer", 4), 2: ("Winter", 5)}
_LIMITS: Final = {
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "ConcurrentAsyncGetReportInstances": 200,
    "DataStorageMB": 1024,
    "FileStorageMB": 1024,
    "HourlyTimeBasedWorkflow": 1000,
    "MassEmail": 5000,
    "SingleEmail": 5000,
}
_EARLIEST: Final = "2010-01-01T00:00:00.000+0000"
_RESOURCES: Final = ("tooling", "metadata", "search", "query", "queryAll", "sobjects", "limits", "composite", "jobs")


async def versions(_request: Request) -> Response:
    """The versions list, which needs no session."""
    return json_answer([_version(number) for number in range(FIRST_VERSION, LATEST_VERSION + 1)])


def _version(number: int) -> dict[str, str]:
    season, offset = _SEASONS[number % 3]
    year = number // 3 + offset
    return {"label": f"{season} '{year}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"}


async def _index(call: Call) -> Response:
    base = f"/services/data/v{call.version}"
    return json_answer({name: f"{base}/{name}" for name in _RESOURCES})


async def _limits(call: Call) -> Response:
    org = call.session.org
    limits = {name: {"Max": most, "Remaining": most} for name, most in _LIMITS.items()}
    daily = org.policies.daily_api_requests or DAILY_REQUESTS
    limits["DailyApiRequests"] = {"Max": daily, "Remaining": max(0, daily - org.api_requests)}
    return json_answer(limits)


# -- queries ------------------------------------------------------------------------------------------------------


def page_answer(page: Page, address: str) -> Response:
    """A page of query results; the pages that follow live under ``address``."""
    body: dict[str, Any] = {"totalSize": page.total_size, "done": page.done}
    if page.locator:
        body["nextRecordsUrl"] = f"{address}/{page.locator}"
    body["records"] = page.records
    return json_answer(body)


async def _query(call: Call) -> Response:
    return _run_query(call, include_deleted=False)


async def _query_all(call: Call) -> Response:
    return _run_query(call, include_deleted=True)


def _run_query(call: Call, *, include_deleted: bool) -> Response:
    soql = call.request.query_params.get("q")
    if not soql:
        raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    if call.request.query_params.get("columns", "").lower() == "true":
        return json_answer(describe_columns(call.records.statement(soql)))
    page = call.records.query(soql, batch=_batch_size(call), include_deleted=include_deleted, version=call.version)
    return page_answer(page, f"/services/data/v{call.version}/query")


def _batch_size(call: Call) -> int:
    found = _BATCH.search(call.request.headers.get("sforce-query-options", ""))
    return min(MAX_BATCH, max(MIN_BATCH, int(found[1]))) if found else DEFAULT_BATCH


async def _query_more(call: Call) -> Response:
    page = call.records.query_more(call.part("locator"), version=call.version)
    return page_answer(page, f"/services/data/v{call.version}/query")


# -- objects ------------------------------------------------------------------------------------------------------


async def _describe_global(call: Call) -> Response:
    return json_answer({
        "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": call.records.describe_global(call.version)
    })  # fmt: skip


async def _object(call: Call) -> Response:
    sobject = call.records.sobject(call.part("name"))
    return json_answer({"objectDescribe": summary(sobject, call.version), "recentItems": []})


async def _describe(call: Call) -> Response:
    return json_answer(call.records.describe(call.part("name"), call.version))


async def _create(call: Call) -> Response:
    values = as_object(await call.json())
    record_id = call.records.create(call.part("name"), values, call.user_id)
    place = f"/services/data/v{call.version}/sobjects/{call.part('name')}/{record_id}"
    return json_answer({"id": record_id, "success": True, "errors": []}, 201, {"Location": place})


async def _get(call: Call) -> Response:
    return json_answer(_record(call, "Id", call.part("id")))


def _record(call: Call, key: str, value: str) -> dict[str, Any]:
    wanted = call.request.query_params.get("fields", "")
    fields = tuple(name.strip() for name in wanted.split(",") if name.strip())
    return call.records.get(call.part("name"), value, fields, key=key, version=call.version)


async def _update(call: Call) -> Response:
    call.records.update(call.part("name"), call.part("id"), as_object(await call.json()), call.user_id)
    return no_content()


async def _delete(call: Call) -> Response:
    call.records.delete(call.part("name"), call.part("id"), call.user_id)
    return no_content()


async def _get_by_key(call: Call) -> Response:
    """A record by external id, or the content of one of its base64 fields: both addresses have this form."""
    field = call.records.sobject(call.part("name")).field(call.part("value"))
    if field is not None and field.type == "base64":
        content = call.records.file(call.part("name"), call.part("key"), call.part("value"))
        return Response(content, media_type="application/octetstream")
    return json_answer(_record(call, call.part("key"), call.part("value")))


async def _updated(call: Call) -> Response:
    changes, end = _changes(call, deleted=False)
    return json_answer({"ids": [record_id for record_id, _ in changes], "latestDateCovered": end})


async def _deleted(call: Call) -> Response:
    changes, end = _changes(call, deleted=True)
    records = [{"id": record_id, "deletedDate": moment} for record_id, moment in changes]
    return json_answer({"deletedRecords": records, "earliestDateAvailable": _EARLIEST, "latestDateCovered": end})


def _changes(call: Call, *, deleted: bool) -> tuple[list[tuple[str, str]], str]:
    try:
        start, end = (parse_datetime(call.request.query_params[name].replace(" ", "+")) for name in ("start", "end"))
    except (KeyError, ValueError):
        raise ApiError(400, "INVALID_FIELD", "start and end are required, in ISO 8601 with an offset") from None
    return call.records.changed(call.part("name"), start, end, deleted=deleted), end


async def _password_state(call: Call) -> Response:
    call.records.get("User", call.part("id"), ("Id",))
    return json_answer({"isExpired": False})


async def _set_password(call: Call) -> Response:
    call.records.get("User", call.part("id"), ("Id",))
    as_object(await call.json())
    return no_content()


async def _upsert(call: Call) -> Response:
    values = as_object(await call.json())
    key, value = call.part("key"), call.part("value")
    record_id, created = call.records.upsert(call.part("name"), key, value, values, call.user_id)
    body = {"id": record_id, "success": True, "errors": [], "created": created}
    return json_answer(body, 201 if created else 200)


async def _delete_by_key(call: Call) -> Response:
    record = _record(call, call.part("key"), call.part("value"))
    call.records.delete(call.part("name"), record["Id"], call.user_id)
    return no_content()


_V: Final = "/services/data/v{version}"
_OBJECT: Final = _V + "/sobjects/{name}"

routes: list[Route] = [
    resource(_V + "/query", GET=_query),
    resource(_V + "/query/{locator}", GET=_query_more),
    resource(_V + "/queryAll", GET=_query_all),
    resource(_V + "/queryAll/{locator}", GET=_query_more),
    resource(_V + "/sobjects", GET=_describe_global),
    resource(_OBJECT, GET=_object, POST=_create),
    resource(_OBJECT + "/describe", GET=_describe),
    resource(_OBJECT + "/updated", GET=_updated),
    resource(_OBJECT + "/deleted", GET=_deleted),
    resource(_V + "/sobjects/User/{id}/password", GET=_password_state, POST=_set_password),
    resource(_OBJECT + "/{id}", GET=_get, PATCH=_update, DELETE=_delete),
    resource(_OBJECT + "/{key}/{value:path}", GET=_get_by_key, PATCH=_upsert, DELETE=_delete_by_key),
    resource(_V + "/limits", GET=_limits),
    Route("/services/data", versions),
    Route("/services/data/", versions),
    resource(_V, GET=_index),
]
