"""The two pages that a person meets on the way to a consent: log in, and allow or deny."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from starlette.requests import Request

    from orgkey_sim.model import App
    from orgkey_sim.oauth.browsers import Browser

__all__ = ["consent_page", "login_page"]

# No form-action: browsers hold it against redirects too, and Allow ends in one to the app's callback.
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-cache, no-store",
    "Referrer-Policy": "no-referrer",
}
_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:26em;margin:4em auto;padding:0 1em}}
label,input{{display:block;width:100%;box-sizing:border-box}}
input{{font:inherit;margin:.2em 0 1em;padding:.4em}}
button{{font:inherit;padding:.4em 1.4em;
margin-right:.6em}}.error{{color:#ba0517}}small{{color:#555}}</style></head>
<body><h1>{title}</h1>
{body}
<p><small>{place}: a local Salesforce for tests. Nothing here is real.</small></p></body></html>
"""
_MEANINGS: Final = {
    "api": "Manage user data via APIs",
    "refresh_token": "Perform requests at any time",
    "offline_access": "Perform requests at any time",
    "full": "Full access",
    "web": "Manage user data via Web browsers",
    "openid": "Access unique user identifiers",
    "id": "Access the identity URL service",
}


def login_page(request: Request, app: App, *, hint: str, wrong: bool = False) -> HTMLResponse:
    """Ask who is there. ``wrong`` says that the last answer was not right."""
    error = (
        '<p class="error" role="alert" id="error">Please check your username and password. '
        "If you still can't log in, contact your Salesforce administrator.</p>"
    )
    body = f"""\
{error if wrong else ""}<form method="post" action="{_action(request)}">
<label>Username
<input id="username" name="username" type="email" autocomplete="username" required value="{escape(hint)}"></label>
<label>Password <input id="password" name="pw" type="password" autocomplete="current-password" required></label>
<button id="Login" name="Login" value="Log In">Log In</button>
</form>"""
    return _page("Log In", body, app, 401 if wrong else 200)


def consent_page(request: Request, app: App, browser: Browser, scopes: frozenset[str]) -> HTMLResponse:
    """Ask whether the app may."""
    wishes = "\n".join(f"<li>{escape(_MEANINGS.get(scope, scope))}</li>" for scope in sorted(scopes))
    body = f"""\
<p><b>{escape(app.name)}</b> is asking to:</p>
<ul id="scopes">
{wishes}
</ul>
<p>Do you want to allow access for <b id="user">{escape(browser.user.username)}</b>?</p>
<form method="post" action="{_action(request)}">
<input type="hidden" name="nonce" value="{browser.nonce}">
<button id="oadeny" name="decision" value="deny">Deny</button>
<button id="oaapprove" name="decision" value="allow">Allow</button>
</form>"""
    return _page("Allow Access?", body, app)


def _action(request: Request) -> str:
    return escape(f"{request.url.path}?{request.url.query}")


def _page(title: str, body: str, app: App, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=title, body=body, place=escape(app.org.my_domain)), status, _HEADERS)
