"""The authorize endpoint: who is there, may the app, and back to the callback with a code or an error.

With the policy consent_pages a person logs in and allows or denies, on two pages. Without it who asks is logged in
already and consents: the user that ``login_hint`` names, or else the first of the org.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from starlette.responses import PlainTextResponse, RedirectResponse, Response

from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.oauth.login import admit, find_app
from orgkey_sim.oauth.pages import consent_page, login_page
from orgkey_sim.oauth.password import knows_password
from orgkey_sim.oauth.request import OAuthRequest
from orgkey_sim.visit import visit_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from orgkey_sim.model import App, Org, User
    from orgkey_sim.oauth.browsers import Browser
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
    """Show a page, or send the browser back with a code or an error."""
    visit = visit_of(request)
    try:
        asked = await OAuthRequest.read(request)
        app, callback = _client(asked)
    except OAuthError as error:
        _note(visit, error)
        return PlainTextResponse(urlencode(_parameters(error)), 400)
    try:
        _check(asked, app)
        if app.org.policies.consent_pages:
            return _meet(request, asked, app, callback)
        user = app.org.user(asked.get("login_hint")) or next(iter(app.org.users.values()))
        return _back(asked, callback, {"code": _consent(asked, app, user, callback)})
    except OAuthError as error:
        return _refuse(visit, asked, callback, error)


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


def _check(asked: OAuthRequest, app: App) -> None:
    """What can be said before anybody is asked who they are."""
    find_app(asked, app.client_id)
    if asked.get("response_type") != "code":
        raise OAuthError("unsupported_response_type")
    challenge = asked.get("code_challenge")
    if app.pkce_required and not (challenge and asked.get("code_challenge_method") == "S256"):
        raise OAuthError("authorize_invalid_request")
    if not app.scopes.issuperset(_scopes(asked, app)):
        raise OAuthError("invalid_scope")


def _meet(request: Request, asked: OAuthRequest, app: App, callback: str) -> Response:
    """Take a person one step further: to the login page, the consent page, or back."""
    org, prompt = app.org, asked.get("prompt").split()
    cookie, browser = "", org.browsers.find(request.cookies.get(_cookie_name(org), ""))
    if asked.get("Login"):
        user = org.user(asked.get("username"))
        if user is None or user.frozen or not user.active or not knows_password(user, asked.get("pw")):
            return login_page(request, app, hint=asked.get("username"), wrong=True)
        cookie, browser = org.browsers.log_in(user)
    elif browser is not None and asked.get("decision"):
        return _decided(request, asked, app, browser, callback)
    elif "login" in prompt:
        browser = None
    if "none" in prompt and (browser is None or not _knows(asked, app, browser.user)):
        raise OAuthError("immediate_unsuccessful")
    if browser is None:
        return login_page(request, app, hint=asked.get("login_hint"))
    if _knows(asked, app, browser.user) and "consent" not in prompt:
        answer: Response = _back(asked, callback, {"code": _consent(asked, app, browser.user, callback)})
    else:
        answer = consent_page(request, app, browser, _scopes(asked, app))
    if cookie:
        answer.set_cookie(_cookie_name(org), cookie, path="/services/oauth2/authorize", httponly=True, samesite="lax")
    return answer


def _decided(request: Request, asked: OAuthRequest, app: App, browser: Browser, callback: str) -> Response:
    if request.method != "POST" or not browser.was_shown(asked.get("nonce")):
        return consent_page(request, app, browser, _scopes(asked, app))
    if asked.get("decision") != "allow":
        raise OAuthError("access_denied")
    return _back(asked, callback, {"code": _consent(asked, app, browser.user, callback)})


def _knows(asked: OAuthRequest, app: App, user: User) -> bool:
    return app.org.consents.has_consented(app, user, _scopes(asked, app))


def _cookie_name(org: Org) -> str:
    # The orgs of a world share a host, for which ports make no difference (RFC 6265 section 8.5).
    return f"sid_{org.org_id}"


def _scopes(asked: OAuthRequest, app: App) -> frozenset[str]:
    return frozenset(asked.get("scope").split()) or app.scopes


def _consent(asked: OAuthRequest, app: App, user: User, callback: str) -> str:
    """The code for what the user has allowed."""
    org = app.org
    if app.permitted_users == "all_users":
        app.approve(user)
    admit(asked, app, user)
    challenge = asked.get("code_challenge")
    scopes = _scopes(asked, app)
    return org.consents.add_code(
        app, user, scopes=scopes, redirect_uri=callback, challenge=challenge, now=org.clock.now()
    )


def _back(asked: OAuthRequest, callback: str, answer: dict[str, str]) -> Response:
    if asked.get("state"):
        answer["state"] = asked.get("state")
    # 303, so that a browser which posted a form comes to the callback with a GET.
    status = 303 if asked.visit.entry.method == "POST" else 302
    return RedirectResponse(f"{callback}{'&' if '?' in callback else '?'}{urlencode(answer)}", status)


def _refuse(visit: Visit, asked: OAuthRequest, callback: str, error: OAuthError) -> Response:
    worded = OAuthError(_WORDED_HERE[error.row.id]) if error.row.id in _WORDED_HERE else error
    _note(visit, worded)
    if worded.row.on_page:
        return RedirectResponse(f"{visit.door.base_url}{_ERROR_PAGE}?{urlencode(_parameters(worded))}", 302)
    return _back(asked, callback, _parameters(worded))


def _parameters(error: OAuthError) -> dict[str, str]:
    return {"error": error.row.error, "error_description": error.description}


def _note(visit: Visit, error: OAuthError) -> None:
    visit.entry.row, visit.entry.error = error.row.id, error.row.error
