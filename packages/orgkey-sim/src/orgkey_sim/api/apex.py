"""Apex without Apex: a REST class that echoes, anonymous code that always succeeds, and Tooling queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orgkey_sim.api.profiles import add_metadata, without_metadata
from orgkey_sim.api.resource import Call, json_answer, parse_json, resource
from orgkey_sim.data import ApiError

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

__all__ = ["routes"]

_TOOLING: Final = "/services/data/v{version}/tooling"


async def _echo(call: Call) -> Response:
    """Say what arrived: method, path, parameters, body and who sent it."""
    body = await call.body()
    return json_answer({
        "method": call.request.method,
        "path": "/" + call.part("path"),
        "params": dict(call.request.query_params),
        "body": parse_json(body) if body else None,
        "user": call.session.user.username,
    })  # fmt: skip


async def _execute_anonymous(call: Call) -> Response:
    if "anonymousBody" not in call.request.query_params:
        raise ApiError(400, "MISSING_ARGUMENT", "anonymousBody is required")
    return json_answer({
        "line": -1, "column": -1, "compiled": True, "success": True, "compileProblem": None,
        "exceptionStackTrace": None, "exceptionMessage": None,
    })  # fmt: skip


async def _query(call: Call) -> Response:
    soql = call.request.query_params.get("q")
    if not soql:
        raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    plain, wants_metadata = without_metadata(soql)
    page = call.records.query(plain, version=call.version)
    if wants_metadata:
        add_metadata(page, call.session.org.policies)
    address = f"/services/data/v{call.version}/tooling/query/{page.locator}" if page.locator else None
    return json_answer({
        "size": len(page.records), "totalSize": page.total_size, "done": page.done, "nextRecordsUrl": address,
        "queryLocator": page.locator, "entityTypeName": call.records.statement(plain).root.sobject.name,
        "records": page.records,
    })  # fmt: skip


async def _query_more(call: Call) -> Response:
    page = call.records.query_more(call.part("locator"), version=call.version)
    address = f"/services/data/v{call.version}/tooling/query/{page.locator}" if page.locator else None
    return json_answer({
        "size": len(page.records), "totalSize": page.total_size, "done": page.done, "nextRecordsUrl": address,
        "queryLocator": page.locator, "records": page.records,
    })  # fmt: skip


routes: list[Route] = [
    resource("/services/apexrest/{path:path}", GET=_echo, POST=_echo, PUT=_echo, PATCH=_echo, DELETE=_echo),
    resource(_TOOLING + "/query", GET=_query),
    resource(_TOOLING + "/query/{locator}", GET=_query_more),
    resource(_TOOLING + "/executeAnonymous", GET=_execute_anonymous),
]
