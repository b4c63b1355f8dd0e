"""The refresh token grant (RFC 6749, section 6), with rotation and its consequence: who replays a token loses all."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.clock import sleep
from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.oauth.login import admit, authenticate_client, find_app, token_answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from orgkey_sim.consents import RefreshToken
    from orgkey_sim.model import App
    from orgkey_sim.oauth.request import OAuthRequest

__all__ = ["GRANT_TYPE", "grant", "processing"]

GRANT_TYPE: Final = "refresh_token"


@asynccontextmanager
async def processing(asked: OAuthRequest) -> AsyncIterator[None]:
    """Work on a request for as long as the org takes (policy refresh_seconds), and on one for each token at a time.

    Raises OAuthError with being_processed.
    """
    app = asked.visit.directory.find_app(asked.client_id, asked.visit.door)
    held = app.org.consents.find(asked.get("refresh_token")) if app is not None else None
    if app is None or held is None or not app.org.policies.refresh_seconds:
        yield
        return
    if held.busy:
        raise OAuthError("being_processed")
    held.busy = True
    try:
        await sleep(app.org.policies.refresh_seconds)
        yield
    finally:
        held.busy = False


def grant(asked: OAuthRequest) -> dict[str, Any]:
    """Give out a new access token, and under rotation a new refresh token too.

    Raises OAuthError with any row of this grant.
    """
    text = asked.require("refresh_token")
    app = find_app(asked, asked.client_id)
    if app.secret_required or asked.client_secret:
        authenticate_client(asked, app)
    held = app.org.consents.find(text)
    if held is None or held.app is not app:
        raise OAuthError("expired_refresh_token")
    if held.spent:
        _revoke_family(app, held)
        raise OAuthError("expired_refresh_token")
    now = app.org.clock.now()
    if held.has_run_out(now):
        raise OAuthError("expired_refresh_token")
    admit(asked, app, held.user)
    answer = token_answer(asked, app, held.user, scopes=held.scopes, family=held.family)
    held.used = now
    if app.rotates_refresh_tokens:
        answer["refresh_token"] = app.org.consents.rotate(held, now)
    return answer


def _revoke_family(app: App, held: RefreshToken) -> None:
    """End the current refresh token and the access tokens (Salesforce Help: article 005316711)."""
    app.org.consents.end(family=held.family)
    app.org.sessions.end(family=held.family)
