"""What can be done with a token once there is one: introspect (RFC 7662) and revoke (RFC 7009)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.oauth.login import authenticate_client, find_app, identity_url
from orgkey_sim.oauth.request import OAuthRequest
from orgkey_sim.oauth.token import json_answer, refuse
from orgkey_sim.visit import visit_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from orgkey_sim.consents import RefreshToken
    from orgkey_sim.sessions import Session
    from orgkey_sim.visit import Visit

__all__ = ["introspect", "revoke"]

_NO_TOKEN: Final = {"error": "unsupported_token_type", "error_description": "this token type is not supported"}


async def introspect(request: Request) -> Response:
    """Say whether a token is active, and whose it is. An app is told about its own tokens only."""
    visit = visit_of(request)
    try:
        asked = await OAuthRequest.read(request)
        app = find_app(asked, asked.client_id)
        authenticate_client(asked, app)
        session = visit.directory.find_session(asked.require("token"), visit.door)
    except OAuthError as error:
        return refuse(visit, error)
    held = app.org.consents.find(asked.get("token"))
    if held is not None and held.app is app and not held.spent and not held.has_run_out(app.org.clock.now()):
        return json_answer(_refresh_description(visit, held))
    if session is None or session.app is not app:
        return json_answer({"active": False})
    visit.entry.token, visit.entry.generation = session.fingerprint, session.generation
    return json_answer(_description(visit, session))


def _description(visit: Visit, session: Session) -> dict[str, Any]:
    began = int(session.last_active)
    return {
        "active": True,
        "scope": " ".join(sorted(session.scopes)),
        "client_id": session.app.client_id if session.app else None,
        "username": session.user.username,
        "sub": identity_url(visit, session.org, session.user),
        "token_type": "access_token",
        "exp": int(session.expires),
        "iat": began,
        "nbf": began,
    }


def _refresh_description(visit: Visit, held: RefreshToken) -> dict[str, Any]:
    return {
        "active": True,
        "scope": " ".join(sorted(held.scopes)),
        "client_id": held.app.client_id,
        "username": held.user.username,
        "sub": identity_url(visit, held.app.org, held.user),
        "token_type": "refresh_token",
        "iat": int(held.consented),
    }


async def revoke(request: Request) -> Response:
    """End the session of an access token, or the family of a refresh token. Whoever has the token may."""
    visit = visit_of(request)
    try:
        asked = await OAuthRequest.read(request)
        token = asked.require("token")
    except OAuthError as error:
        return refuse(visit, error)
    session = visit.directory.find_session(token, visit.door)
    if session is None and _revoke_refresh_token(visit, token):
        return Response()
    if session is None:
        visit.entry.error = _NO_TOKEN["error"]
        return json_answer(_NO_TOKEN, 400)
    visit.entry.token, visit.entry.generation = session.fingerprint, session.generation
    session.org.revoke(token)
    return Response()


def _revoke_refresh_token(visit: Visit, token: str) -> bool:
    for org in visit.directory if visit.door.org is None else (visit.door.org,):
        held = org.consents.find(token)
        if held is not None:
            org.revoke(token)
            return True
    return False
