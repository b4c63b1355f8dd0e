"""The authorize endpoint, without its login page: who asks is logged in already, and consents.

The user is the one that ``login_hint`` names, or else the first of the org. That is enough to get a code, and to be
refused in every way the endpoint refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from starlette.responses import PlainTextResponse, RedirectResponse, Response

from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.oauth.login import admit, find_app
from orgkey_sim.oauth.request import OAuthRequest
from orgkey_sim.visit import visit_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from orgkey_sim.model import App
    from orgkey_sim.visit import Visit

__all__ = ["authorize", "error_page"]

_ERROR_PAGE: Final = "/setup/secur/RemoteAccessErrorPage.apexp"
_WORDED_HERE: Final = {
    "app_not_found": "authorize_app_not_found",
    "app_not_installed": "authorize_generic",
    "app_blocked": "authorize_app_blocked",
    "user_not_admin_approved": "authorize_not_admin_approved",
    "invalid_scope": "authorize_invalid_scope",
}
"""Rows of the token endpoint that this endpoint words otherwise."""


async def authorize(request: Request) -> Response:
    """Send the browser back with a code, or with an error."""
    visit = visit_of(request)
    try:
        asked = await OAuthRequest.read(request)
        app, callback = _client(asked)
    except OAuthError as error:
        _note(visit, error)
        return PlainTextResponse(urlencode(_parameters(error)), 400)
    try:
        answer = {"code": _consent(asked, app, callback)}
    except OAuthError as error:
        worded = OAuthError(_WORDED_HERE[error.row.id]) if error.row.id in _WORDED_HERE else error
        _note(visit, worded)
        answer = _parameters(worded)
        if worded.row.on_page:
            return RedirectResponse(f"{visit.door.base_url}{_ERROR_PAGE}?{urlencode(answer)}", 302)
    if asked.get("state"):
        answer["state"] = asked.get("state")
    return RedirectResponse(f"{callback}{'&' if '?' in callback else '?'}{urlencode(answer)}", 302)


async def error_page(request: Request) -> Response:
    """The page on which some refusals are shown."""
    query = request.query_params
    return PlainTextResponse(f"{query.get('error', '')}: {query.get('error_description', '')}\n")


def _client(asked: OAuthRequest) -> tuple[App, str]:
    """The app, and the callback URL once it is known to be the app's: before that, no browser is sent anywhere."""
    app = asked.visit.directory.find_app(asked.client_id, asked.visit.door)
    if app is None:
        raise OAuthError("invalid_client_id")
    callback = asked.get("redirect_uri")
    if not callback:
        raise OAuthError("redirect_uri_missing")
    if callback not in app.callback_urls:
        raise OAuthError("redirect_uri_mismatch")
    return app, callback


def _consent(asked: OAuthRequest, app: App, callback: str) -> str:
    find_app(asked, app.client_id)
    if asked.get("response_type") != "code":
        raise OAuthError("unsupported_response_type")
    challenge = asked.get("code_challenge")
    if app.pkce_required and not (challenge and asked.get("code_challenge_method") == "S256"):
        raise OAuthError("authorize_invalid_request")
    org = app.org
    user = org.user(asked.get("login_hint")) or next(iter(org.users.values()))
    if app.permitted_users == "all_users":
        app.approve(user)
    admit(asked, app, user)
    scopes = frozenset(asked.get("scope").split()) or app.scopes
    return org.consents.add_code(
        app, user, scopes=scopes, redirect_uri=callback, challenge=challenge, now=org.clock.now()
    )


def _parameters(error: OAuthError) -> dict[str, str]:
    return {"error": error.row.error, "error_description": error.description}


def _note(visit: Visit, error: OAuthError) -> None:
    visit.entry.row, visit.entry.error = error.row.id, error.row.error
