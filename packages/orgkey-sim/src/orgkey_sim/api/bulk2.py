"""Bulk API 2.0: ingest and query jobs (Bulk API 2.0 and Bulk API Developer Guide).

A job is worked off when it is closed, at once; `Jobs.polls_before_done` makes clients wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from orgkey_sim.api.resource import Call, as_object, json_answer, no_content, resource
from orgkey_sim.data import ApiError, bulk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import Route

    from orgkey_sim.data.query import Snapshot

__all__ = ["routes"]

_DEFAULT_PAGE: Final = 50_000
_CSV: Final = "text/csv"
_JOB_PREFIX: Final = "750"


@dataclass(slots=True)
class _Job:
    """What both kinds of job have."""

    id: str
    operation: str
    object: str
    created_by: str
    created: str
    api_version: str
    delimiter: str
    ending: str
    state: str
    done: bool = False
    polls: int = 0
    error: str | None = None
    processed: int = 0
    failed: int = 0

    def common(self) -> dict[str, Any]:
        """The fields every answer about a job has."""
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": self.created_by,
            "createdDate": self.created,
            "systemModstamp": self.created,
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.api_version),
            "lineEnding": self.ending,
            "columnDelimiter": self.delimiter,
        }


@dataclass(slots=True)
class _IngestJob(_Job):
    """A job that saves rows."""

    external_id: str | None = None
    data: str = ""
    header: list[str] = field(default_factory=list)
    succeeded_rows: list[list[str]] = field(default_factory=list)
    failed_rows: list[list[str]] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        """The job as the API shows it."""
        content = f"services/data/v{self.api_version}/jobs/ingest/{self.id}/batches"
        extra = {"externalIdFieldName": self.external_id} if self.external_id else {}
        return {**self.common(), "contentUrl": content, "jobType": "V2Ingest", **extra}


@dataclass(slots=True)
class _QueryJob(_Job):
    """A job that reads records. ``snapshot`` is what it matched."""

    snapshot: Snapshot | None = None

    def answer(self) -> dict[str, Any]:
        """The job as the API shows it."""
        return {**self.common(), "jobType": "V2Query"}


async def _info(job: _Job, call: Call) -> Response:
    """A job that is polled: it says that it is done when it has been asked often enough."""
    if job.done and job.state == "UploadComplete":
        job.polls += 1
        if job.polls > call.records.jobs.polls_before_done:
            job.state = "Failed" if job.error else "JobComplete"
    state = "InProgress" if job.done and job.state == "UploadComplete" else job.state
    times = {"retries": 0, "totalProcessingTime": 0, "apiActiveProcessingTime": 0, "apexProcessingTime": 0}
    counts = {"numberRecordsProcessed": job.processed, "numberRecordsFailed": job.failed}
    problem = {"errorMessage": job.error} if job.error and job.state == "Failed" else {}
    return json_answer({**_answer(job), "state": state, **counts, **times, **problem})


def _answer(job: _Job) -> dict[str, Any]:
    return job.answer() if isinstance(job, _IngestJob | _QueryJob) else job.common()


def _ingest_job(call: Call) -> _IngestJob:
    job = call.records.jobs.get(call.part("id"))
    if not isinstance(job, _IngestJob):
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    return job


def _query_job(call: Call) -> _QueryJob:
    job = call.records.jobs.get(call.part("id"))
    if not isinstance(job, _QueryJob):
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    return job


def _choice(settings: dict[str, Any], name: str, choices: Sequence[str], default: str) -> str:
    value = settings.get(name) or default
    if value not in choices:
        raise ApiError(400, "INVALIDJOB", f"InvalidJob : Invalid value for {name}: {value}")
    return str(value)


def _settings(call: Call, settings: dict[str, Any], object_name: str, operation: str) -> dict[str, Any]:
    return {
        "id": call.records.new_id(_JOB_PREFIX),
        "operation": operation,
        "object": object_name,
        "created_by": call.user_id,
        "created": call.records.now(),
        "api_version": call.version,
        "delimiter": _choice(settings, "columnDelimiter", list(bulk.DELIMITERS), "COMMA"),
        "ending": _choice(settings, "lineEnding", list(bulk.LINE_ENDINGS), "LF"),
    }


async def _list(call: Call) -> Response:
    kind = _IngestJob if "/ingest" in call.request.url.path else _QueryJob
    jobs = [_answer(each) for each in call.records.jobs if isinstance(each, kind)]
    return json_answer({"done": True, "records": jobs, "nextRecordsUrl": None})


async def _delete(call: Call) -> Response:
    job = call.records.jobs.get(call.part("id"))
    if not isinstance(job, _Job):
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    if job.state == "InProgress":
        raise ApiError(400, "API_ERROR", "Cannot delete a job that is in progress")
    call.records.jobs.remove(job.id)
    return no_content()


# -- ingest -------------------------------------------------------------------------------------------------------


async def _create_ingest(call: Call) -> Response:
    settings = as_object(await call.json())
    operation = _choice(settings, "operation", bulk.OPERATIONS, "")
    sobject = call.records.schema.get(str(settings.get("object")))
    if sobject is None:
        message = f"InvalidEntity : Entity '{settings.get('object')}' is not supported by the Bulk API."
        raise ApiError(400, "INVALIDENTITY", message)
    external_id = settings.get("externalIdFieldName")
    if operation == "upsert" and not external_id:
        raise ApiError(400, "INVALIDJOB", "InvalidJob : External ID was blank for upsert operation")
    job = _IngestJob(
        **_settings(call, settings, sobject.name, operation), state="Open",
        external_id=str(external_id) if external_id else None,
    )  # fmt: skip
    call.records.jobs.add(job.id, job)
    return json_answer(job.answer())


async def _ingest_info(call: Call) -> Response:
    return await _info(_ingest_job(call), call)


async def _upload(call: Call) -> Response:
    job = _ingest_job(call)
    if job.state != "Open":
        raise ApiError(400, "INVALIDJOBSTATE", f"InvalidJobState : Job is not open: {job.state}")
    if job.data:
        raise ApiError(400, "CLIENTINPUTERROR", "ClientInputError : Data was already uploaded to this job")
    job.data = (await call.body()).decode("utf-8", "replace")
    return Response(status_code=201)


async def _set_ingest_state(call: Call) -> Response:
    job = _ingest_job(call)
    wanted = as_object(await call.json()).get("state")
    if wanted not in {"UploadComplete", "Aborted"}:
        raise ApiError(400, "INVALIDJOBSTATE", f"InvalidJobState : Invalid job state: {wanted}")
    if job.state != "Open" and not (wanted == "Aborted" and job.state == "UploadComplete"):
        raise ApiError(400, "INVALIDJOBSTATE", f"InvalidJobState : Job is already {job.state}")
    job.state = wanted
    if wanted == "UploadComplete":
        _work_off(job, call)
    return json_answer(job.answer())


def _work_off(job: _IngestJob, call: Call) -> None:
    job.done = True
    try:
        header, rows = bulk.read_csv(job.data, bulk.DELIMITERS[job.delimiter])
    except ApiError as error:
        job.error = f"{error.error_code} : {error.message}"
        return
    job.header = header
    values = (bulk.csv_values(header, row) for row in rows)
    work = bulk.Work(job.operation, job.object, job.external_id, call.user_id)
    results = work.apply(call.records, values)
    for row, result in zip(rows, results, strict=True):
        if result.error is None:
            job.succeeded_rows.append([result.record_id or "", "true" if result.created else "false", *row])
        else:
            problem = bulk.describe_error(result.error)
            job.failed_rows.append(["", problem, *row])
    job.data = ""
    job.processed, job.failed = len(rows), len(job.failed_rows)


def _results(job: _IngestJob, extra: list[str], rows: list[list[str]]) -> Response:
    text = bulk.write_csv([*extra, *job.header], rows, bulk.DELIMITERS[job.delimiter], bulk.LINE_ENDINGS[job.ending])
    return Response(text.encode("utf-8", "replace"), media_type=_CSV)


async def _succeeded(call: Call) -> Response:
    job = _ingest_job(call)
    return _results(job, ["sf__Id", "sf__Created"], job.succeeded_rows)


async def _failed(call: Call) -> Response:
    job = _ingest_job(call)
    return _results(job, ["sf__Id", "sf__Error"], job.failed_rows)


async def _unprocessed(call: Call) -> Response:
    return _results(_ingest_job(call), [], [])


# -- query --------------------------------------------------------------------------------------------------------


async def _create_query(call: Call) -> Response:
    settings = as_object(await call.json())
    operation = _choice(settings, "operation", ("query", "queryAll"), "")
    soql = settings.get("query")
    if not isinstance(soql, str) or not soql:
        raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    statement = call.records.statement(soql, include_deleted=operation == "queryAll")
    if statement.kind != "rows" or statement.root.children:
        raise ApiError(400, "API_ERROR", "Aggregate Relationships not supported in Bulk V2 Query with CSV content type")
    job = _QueryJob(
        **_settings(call, settings, statement.root.sobject.name, operation), state="UploadComplete", done=True,
        snapshot=call.records.snapshot(soql, include_deleted=operation == "queryAll"),
    )  # fmt: skip
    job.processed = len(job.snapshot.numbers) if job.snapshot else 0
    call.records.jobs.add(job.id, job)
    return json_answer(job.answer())


async def _query_info(call: Call) -> Response:
    return await _info(_query_job(call), call)


async def _set_query_state(call: Call) -> Response:
    job = _query_job(call)
    if as_object(await call.json()).get("state") != "Aborted":
        raise ApiError(400, "INVALIDJOBSTATE", "InvalidJobState : A query job can only be aborted")
    job.state = "Aborted"
    return json_answer(job.answer())


async def _query_results(call: Call) -> Response:
    job = _query_job(call)
    if job.state != "JobComplete" or job.snapshot is None:
        raise ApiError(400, "INVALIDJOBSTATE", f"InvalidJobState : Job results are not available: {job.state}")
    start, count = _window(call, len(job.snapshot.numbers))
    records = call.records.read(job.snapshot, start, count, version=call.version)
    columns = bulk.csv_columns(job.snapshot.statement.root)
    rows = bulk.csv_rows(records, columns)
    text = bulk.write_csv(
        [each.name for each in columns], rows, bulk.DELIMITERS[job.delimiter], bulk.LINE_ENDINGS[job.ending]
    )
    end = start + count
    headers = {
        "Sforce-Locator": str(end) if end < len(job.snapshot.numbers) else "null",
        "Sforce-NumberOfRecords": str(len(records)),
    }
    return Response(text.encode("utf-8", "replace"), headers=headers, media_type=_CSV)


def _window(call: Call, total: int) -> tuple[int, int]:
    """The first row asked for and how many."""
    locator, most = (call.request.query_params.get(name) or "" for name in ("locator", "maxRecords"))
    if locator and not (locator.isascii() and locator.isdigit() and int(locator) < total):
        raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    if most and not (most.isascii() and most.isdigit() and int(most) > 0):
        raise ApiError(400, "ILLEGAL_QUERY_PARAMETER_VALUE", "maxRecords has to be a positive number")
    return int(locator or 0), int(most or _DEFAULT_PAGE)


_INGEST: Final = "/services/data/v{version}/jobs/ingest"
_QUERY: Final = "/services/data/v{version}/jobs/query"

routes: list[Route] = [
    resource(_INGEST, "bulk2", GET=_list, POST=_create_ingest),
    resource(_INGEST + "/{id}", "bulk2", GET=_ingest_info, PATCH=_set_ingest_state, DELETE=_delete),
    resource(_INGEST + "/{id}/batches", "bulk2", PUT=_upload),
    resource(_INGEST + "/{id}/successfulResults", "bulk2", GET=_succeeded),
    resource(_INGEST + "/{id}/failedResults", "bulk2", GET=_failed),
    resource(_INGEST + "/{id}/unprocessedrecords", "bulk2", GET=_unprocessed),
    resource(_INGEST + "/{id}/unprocessedRecords", "bulk2", GET=_unprocessed),
    resource(_QUERY, "bulk2", GET=_list, POST=_create_query),
    resource(_QUERY + "/{id}", "bulk2", GET=_query_info, PATCH=_set_query_state, DELETE=_delete),
    resource(_QUERY + "/{id}/results", "bulk2", GET=_query_results),
]
