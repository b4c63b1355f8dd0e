"""Bulk API 1 (``/services/async``): jobs and batches, in XML and JSON, of XML, JSON or CSV data.

Follows the Bulk API chapters of the "Bulk API 2.0 and Bulk API Developer Guide". A batch is worked off when it arrives;
`Jobs.polls_before_done` makes clients wait.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from orgkey_sim.api import xml
from orgkey_sim.api.resource import Call, Handler, Resource, as_object, json_answer, parse_json
from orgkey_sim.data import ApiError, bulk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request
    from starlette.routing import Route

    from orgkey_sim.data.bulk import RowResult
    from orgkey_sim.data.query import Snapshot

__all__ = ["routes"]

_NAMESPACE: Final = ' xmlns="http://www.force.com/2009/06/asyncapi/dataload"'
_XSI: Final = f' xmlns:xsi="{xml.XSI}"'
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_JOB_PREFIX: Final = "750"
_BATCH_PREFIX: Final = "751"
_RESULT_PREFIX: Final = "752"
_QUERIES: Final = ("query", "queryAll")
_CONTENT_TYPES: Final = {"XML": "application/xml", "JSON": "application/json", "CSV": "text/csv"}
_MODES: Final = {"0": "Parallel", "1": "Serial", "Parallel": "Parallel", "Serial": "Serial"}
_MAX_ROWS: Final = 10_000
_ROW_DEPTH: Final = 3


@dataclass(slots=True)
class _Batch:
    """One batch. ``request`` is what was sent."""

    id: str
    job_id: str
    created: str
    request: bytes
    media_type: str
    state: str = "Completed"
    message: str | None = None
    header: list[str] = field(default_factory=list)
    results: list[RowResult] = field(default_factory=list)
    snapshot: Snapshot | None = None
    result_id: str = ""
    polls: int = 0

    def answer(self, *, waiting: bool = False) -> dict[str, Any]:
        """The batch as the API shows it."""
        processed = len(self.snapshot.numbers) if self.snapshot else len(self.results)
        info = {
            "apexProcessingTime": 0,
            "apiActiveProcessingTime": 0,
            "createdDate": self.created,
            "id": self.id,
            "jobId": self.job_id,
            "numberRecordsFailed": sum(not each.success for each in self.results),
            "numberRecordsProcessed": 0 if waiting else processed,
            "state": "InProgress" if waiting else self.state,
            "stateMessage": self.message,
            "systemModstamp": self.created,
            "totalProcessingTime": 0,
        }
        return info if self.message else {key: value for key, value in info.items() if key != "stateMessage"}


@dataclass(slots=True)
class _Job:
    """One job and its batches."""

    id: str
    operation: str
    object: str
    created_by: str
    created: str
    api_version: str
    content_type: str
    mode: str
    external_id: str | None
    state: str = "Open"
    batches: dict[str, _Batch] = field(default_factory=dict)

    def answer(self) -> dict[str, Any]:
        """The job as the API shows it."""
        every = list(self.batches.values())
        failed = sum(each.state == "Failed" for each in every)
        processed = sum(len(each.results) for each in every)
        extra = {"externalIdFieldName": self.external_id} if self.external_id else {}
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": self.created_by,
            "createdDate": self.created,
            "systemModstamp": self.created,
            "state": self.state,
            **extra,
            "concurrencyMode": self.mode,
            "contentType": self.content_type,
            "numberBatchesQueued": 0,
            "numberBatchesInProgress": 0,
            "numberBatchesCompleted": len(every) - failed,
            "numberBatchesFailed": failed,
            "numberBatchesTotal": len(every),
            "numberRecordsProcessed": processed,
            "numberRetries": 0,
            "apiVersion": float(self.api_version),
            "numberRecordsFailed": sum(not each.success for batch in every for each in batch.results),
            "totalProcessingTime": 0,
            "apiActiveProcessingTime": 0,
            "apexProcessingTime": 0,
        }


# -- answers ------------------------------------------------------------------------------------------------------


class _BulkResource(Resource):
    """An address of Bulk API 1, whose errors are one object, in XML or JSON as the request was."""

    def refusal(self, request: Request, error: ApiError) -> Response:
        code = "InvalidVersion" if error.error_code == "UNSUPPORTED_API_VERSION" else error.error_code
        status = 400 if code == "InvalidVersion" else error.status
        body = {"exceptionCode": code, "exceptionMessage": error.message}
        return _answer(request, "error", body, status)


def _resource(path: str, **handlers: Handler) -> Resource:
    return _BulkResource("/services/async/{version}" + path, "bulk1", handlers)


def _answer(request: Request, name: str, body: Any, status: int = 200, job: _Job | None = None) -> Response:
    if _wants_json(request, job):
        return json_answer(body, status)
    text = _DECLARATION + xml.write(name, body, _NAMESPACE)
    return Response(text.encode("utf-8", "replace"), status, media_type="application/xml")


def _wants_json(request: Request, job: _Job | None) -> bool:
    accept, content = request.headers.get("accept", ""), request.headers.get("content-type", "")
    return "json" in accept or "json" in content or (job is not None and job.content_type == "JSON")


def _job(call: Call) -> _Job:
    job = call.records.jobs.get(call.part("job"))
    if not isinstance(job, _Job):
        raise ApiError(400, "InvalidJob", f"Invalid job id: {call.part('job')}")
    return job


def _batch(call: Call, job: _Job) -> _Batch:
    wanted = call.part("batch")
    for batch in job.batches.values():
        if wanted in {batch.id, batch.id[:15]}:
            return batch
    raise ApiError(400, "InvalidBatch", f"Invalid batch id: {wanted}")


async def _settings(call: Call) -> dict[str, Any]:
    """The request's body, XML or JSON, as a flat object."""
    body = await call.body()
    if "json" in call.request.headers.get("content-type", ""):
        return as_object(parse_json(body))
    return {xml.local_name(each): (each.text or "").strip() for each in xml.parse(body)}


# -- jobs ---------------------------------------------------------------------------------------------------------


async def _create_job(call: Call) -> Response:
    settings = await _settings(call)
    operation, name = str(settings.get("operation")), str(settings.get("object"))
    if operation not in (*bulk.OPERATIONS, *_QUERIES):
        raise ApiError(400, "InvalidJob", f"Invalid operation: {operation}")
    sobject = call.records.schema.get(name)
    if sobject is None:
        raise ApiError(400, "InvalidEntity", f"Entity '{name}' is not supported by the Bulk API.")
    content_type = str(settings.get("contentType") or "XML").upper()
    mode = _MODES.get(str(settings.get("concurrencyMode") or "Parallel"))
    if content_type not in _CONTENT_TYPES or mode is None:
        raise ApiError(400, "InvalidJob", f"Invalid contentType or concurrencyMode: {content_type}")
    external_id = settings.get("externalIdFieldName")
    if operation == "upsert" and not external_id:
        raise ApiError(400, "InvalidJob", "External ID was blank for upsert operation")
    job = _Job(
        call.records.new_id(_JOB_PREFIX), operation, sobject.name, call.user_id, call.records.now(), call.version,
        content_type, mode, str(external_id) if external_id else None,
    )  # fmt: skip
    call.records.jobs.add(job.id, job)
    return _answer(call.request, "jobInfo", job.answer(), 201)


async def _job_info(call: Call) -> Response:
    return _answer(call.request, "jobInfo", _job(call).answer())


async def _set_job_state(call: Call) -> Response:
    job, wanted = _job(call), (await _settings(call)).get("state")
    if wanted not in {"Closed", "Aborted"} or job.state != "Open":
        raise ApiError(400, "InvalidJobState", f"Cannot change the state of a job from {job.state} to {wanted}")
    job.state = wanted
    return _answer(call.request, "jobInfo", job.answer())


# -- batches ------------------------------------------------------------------------------------------------------


async def _add_batch(call: Call) -> Response:
    job = _job(call)
    if job.state != "Open":
        raise ApiError(400, "InvalidJobState", f"Job is not open: {job.state}")
    body = await call.body()
    media_type = call.request.headers.get("content-type") or _CONTENT_TYPES[job.content_type]
    batch = _Batch(call.records.new_id(_BATCH_PREFIX), job.id, call.records.now(), body, media_type)
    try:
        if job.operation in _QUERIES:
            _query(call, job, batch, body.decode("utf-8", "replace"))
        else:
            _save(call, job, batch, body)
    except ApiError as error:
        batch.state, batch.message = "Failed", f"{error.error_code} : {error.message}"
    job.batches[batch.id] = batch
    return _answer(call.request, "batchInfo", {**batch.answer(), "state": "Queued"}, 201, job)


def _query(call: Call, job: _Job, batch: _Batch, soql: str) -> None:
    include_deleted = job.operation == "queryAll"
    statement = call.records.statement(soql, include_deleted=include_deleted)
    if statement.kind != "rows" or statement.root.children:
        message = f"Aggregate Relationships not supported in Bulk Query with {job.content_type} content type"
        raise ApiError(400, "FeatureNotEnabled", message)
    if statement.root.sobject.name != job.object:
        raise ApiError(400, "InvalidBatch", f"Failed to process query: the job is for {job.object}")
    batch.snapshot = call.records.snapshot(soql, include_deleted=include_deleted)
    batch.result_id = call.records.new_id(_RESULT_PREFIX)


def _save(call: Call, job: _Job, batch: _Batch, body: bytes) -> None:
    batch.header, rows = _READERS[job.content_type](body)
    if len(rows) > _MAX_ROWS:
        raise ApiError(400, "InvalidBatch", f"Records count limit of {_MAX_ROWS} exceeded")
    work = bulk.Work(job.operation, job.object, job.external_id, call.user_id)
    batch.results = work.apply(call.records, rows)


_Rows = tuple[list[str], list[dict[str, Any]]]


def _read_csv_rows(body: bytes) -> _Rows:
    header, rows = bulk.read_csv(body.decode("utf-8", "replace"))
    return header, [bulk.csv_values(header, row) for row in rows]


def _read_json_rows(body: bytes) -> _Rows:
    rows = parse_json(body)
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise ApiError(400, "InvalidBatch", "Failed to parse JSON: an array of objects is required")
    return [], rows


def _read_xml_rows(body: bytes) -> _Rows:
    return [], [_xml_row(each, _ROW_DEPTH) for each in xml.children(xml.parse(body), "sObject")]


def _xml_row(element: Any, depth: int) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for each in element:
        inner = next(xml.children(each, "sObject"), None) if len(each) else None
        if inner is not None and depth:
            row[xml.local_name(each)] = _xml_row(inner, depth - 1)
        else:
            empty = each.get(f"{{{xml.XSI}}}nil") == "true"
            row[xml.local_name(each)] = None if empty else (each.text or "")
    return row


_READERS: Final = {"CSV": _read_csv_rows, "JSON": _read_json_rows, "XML": _read_xml_rows}


async def _batches(call: Call) -> Response:
    job = _job(call)
    every = [each.answer() for each in job.batches.values()]
    return _answer(call.request, "batchInfoList", {"batchInfo": every}, job=job)


async def _batch_info(call: Call) -> Response:
    job = _job(call)
    batch = _batch(call, job)
    batch.polls += 1
    waiting = batch.polls <= call.records.jobs.polls_before_done
    return _answer(call.request, "batchInfo", batch.answer(waiting=waiting), job=job)


async def _batch_request(call: Call) -> Response:
    batch = _batch(call, _job(call))
    return Response(batch.request, media_type=batch.media_type)


async def _results(call: Call) -> Response:
    job = _job(call)
    batch = _batch(call, job)
    if batch.snapshot is not None:
        if _wants_json(call.request, job):
            return json_answer([batch.result_id])
        return _answer(call.request, "result-list", {"result": [batch.result_id]})
    rows = [_row_answer(each) for each in batch.results]
    if job.content_type == "CSV":
        return _csv([_row_cells(each) for each in batch.results])
    if job.content_type == "JSON":
        return json_answer(rows)
    return _answer(call.request, "results", {"result": rows})


def _row_answer(result: RowResult) -> dict[str, Any]:
    errors = [result.error.as_save_error() | {"extendedErrorDetails": None}] if result.error else []
    return {"success": result.success, "created": result.created, "id": result.record_id, "errors": errors}


def _row_cells(result: RowResult) -> list[str]:
    problem = bulk.describe_error(result.error) if result.error else ""
    return [result.record_id or "", str(result.success).lower(), str(result.created).lower(), problem]


def _csv(rows: Iterable[list[str]], header: tuple[str, ...] = ("Id", "Success", "Created", "Error")) -> Response:
    return Response(bulk.write_csv(header, rows).encode("utf-8", "replace"), media_type="text/csv")


async def _query_result(call: Call) -> Response:
    job = _job(call)
    batch = _batch(call, job)
    if batch.snapshot is None or call.part("result") not in {batch.result_id, batch.result_id[:15]}:
        raise ApiError(400, "InvalidBatch", f"Invalid result id: {call.part('result')}")
    records = call.records.read(batch.snapshot, 0, len(batch.snapshot.numbers), version=call.version)
    columns = bulk.csv_columns(batch.snapshot.statement.root)
    if job.content_type == "CSV":
        return _csv(bulk.csv_rows(records, columns), tuple(each.name for each in columns))
    if job.content_type == "JSON":
        moments = [each.path for each in columns if each.type == "datetime"]
        for record in records:
            _as_epoch(record, moments)
        return Response(json.dumps(records).encode(), media_type="application/json")
    body = xml.write("queryResult", {"records": [_xml_record(each) for each in records]}, _NAMESPACE + _XSI)
    return Response((_DECLARATION + body).encode("utf-8", "replace"), media_type="application/xml")


def _as_epoch(record: dict[str, Any], moments: Iterable[tuple[str, ...]]) -> None:
    """Moments as milliseconds since 1970, as JSON results have them (simple-salesforce issue 290)."""
    for *parents, name in moments:
        place: Any = record
        for step in parents:
            place = place[step] if place else None
        if place and place[name]:
            place[name] = int(datetime.fromisoformat(place[name]).timestamp() * 1000)


def _xml_record(record: Mapping[str, Any]) -> dict[str, Any]:
    plain = {
        name: _xml_record(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if name != "attributes"
    }
    return {"@xsi:type": "sObject", "type": record["attributes"]["type"], **plain}


routes: list[Route] = [
    _resource("/job", POST=_create_job),
    _resource("/job/{job}", GET=_job_info, POST=_set_job_state),
    _resource("/job/{job}/batch", GET=_batches, POST=_add_batch),
    _resource("/job/{job}/batch/{batch}", GET=_batch_info),
    _resource("/job/{job}/batch/{batch}/request", GET=_batch_request),
    _resource("/job/{job}/batch/{batch}/result", GET=_results),
    _resource("/job/{job}/batch/{batch}/result/{result}", GET=_query_result),
]
