"""The refresh token grant (RFC 6749, section 6), with rotation and its consequence: who replays a token loses all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.oauth.login import admit, authenticate_client, find_app, token_answer

if TYPE_CHECKING:
    from orgkey_sim.consents import RefreshToken
    from orgkey_sim.model import App
    from orgkey_sim.oauth.request import OAuthRequest

__all__ = ["GRANT_TYPE", "grant"]

GRANT_TYPE: Final = "refresh_token"


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
    admit(asked, app, held.user)
    answer = token_answer(asked, app, held.user, scopes=held.scopes)
    if app.rotates_refresh_tokens:
        answer["refresh_token"] = app.org.consents.rotate(held)
    return answer


def _revoke_family(app: App, held: RefreshToken) -> None:
    """End the current refresh token and the access tokens (Salesforce Help: article 005316711)."""
    app.org.consents.end(family=held.family)
    app.org.sessions.end(user=held.user, app=app)
