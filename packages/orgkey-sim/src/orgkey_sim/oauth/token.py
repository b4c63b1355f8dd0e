"""The token endpoint: hands each request to its grant, and words what comes back as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from orgkey_sim.login_history import note_login
from orgkey_sim.oauth import authorization_code, client_credentials, jwt_bearer, password, refresh_token
from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.oauth.login import refuse_if_told
from orgkey_sim.oauth.request import OAuthRequest
from orgkey_sim.visit import Visit, visit_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

__all__ = ["json_answer", "refuse", "token"]

_GRANTS: Final[dict[str, tuple[str, Callable[[OAuthRequest], dict[str, Any]]]]] = {
    module.GRANT_TYPE: (module.__name__.rpartition(".")[2], module.grant)
    for module in (jwt_bearer, client_credentials, authorization_code, refresh_token, password)
}
_NOT_STORED: Final = {"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}


async def token(request: Request) -> Response:
    """Answer a token request."""
    visit = visit_of(request)
    try:
        return json_answer(await _answer(request, visit))
    except OAuthError as error:
        org = visit.org
        note_login(visit, org.apps.get(visit.entry.client_id) if org else None, error.row.id)
        return refuse(visit, error)


async def _answer(request: Request, visit: Visit) -> dict[str, Any]:
    if request.method != "POST":
        raise OAuthError("malformed_request", reason="must use HTTP POST")
    asked = await OAuthRequest.read(request)
    name, grant = _GRANTS.get(asked.get("grant_type"), ("", None))
    visit.entry.grant = name
    if visit.door.org is not None:
        refuse_if_told(visit, visit.door.org)
    if grant is None:
        raise OAuthError("unsupported_grant_type")
    if grant is refresh_token.grant:
        async with refresh_token.processing(asked):
            return grant(asked)
    return grant(asked)


def refuse(visit: Visit, error: OAuthError) -> Response:
    """Word a refusal, and note it in the log."""
    row = error.row
    visit.entry.row, visit.entry.error = row.id, row.error
    org = visit.org or visit.door.org
    status = org.policies.error_status.get(row.id, row.status) if org else row.status
    return json_answer({"error": row.error, "error_description": error.description}, status)


def json_answer(value: object, status: int = 200) -> Response:
    """An answer that is not to be stored (RFC 6749, section 5.1)."""
    content = json.dumps(value, separators=(",", ":"))
    return Response(content, status, _NOT_STORED, media_type="application/json;charset=UTF-8")
