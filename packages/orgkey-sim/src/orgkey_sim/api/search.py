"""The REST API's search address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_sim.api.resource import Call, json_answer, resource
from orgkey_sim.data import ApiError

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

__all__ = ["routes"]


async def _search(call: Call) -> Response:
    sosl = call.request.query_params.get("q")
    if not sosl:
        raise ApiError(400, "MALFORMED_SEARCH", "A search string has to be specified")
    return json_answer({"searchRecords": call.records.search(sosl, version=call.version)})


routes: list[Route] = [resource("/services/data/v{version}/search", GET=_search)]
