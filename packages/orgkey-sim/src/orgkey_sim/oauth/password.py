"""The username-password grant (RFC 6749, section 4.3), which is here to be refused."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.oauth.login import admit, authenticate_client, find_app, token_answer

if TYPE_CHECKING:
    from orgkey_sim.model import App, User
    from orgkey_sim.oauth.request import OAuthRequest

__all__ = ["GRANT_TYPE", "grant", "knows_password"]

GRANT_TYPE: Final = "password"


def grant(asked: OAuthRequest) -> dict[str, Any]:
    """Refuse a password login as a new org does, or let it through where the org's policy says so.

    External Client Apps have no such flow, whatever the policy.

    Raises OAuthError with any row of this grant.
    """
    username, password = asked.require("username"), asked.require("password")
    asked.visit.entry.username = username
    app = find_app(asked, asked.client_id)
    authenticate_client(asked, app)
    user = app.org.user(username)
    if user is None or not _allowed(app) or not knows_password(user, password):
        raise OAuthError("authentication_failure")
    admit(asked, app, user)
    return token_answer(asked, app, user)


def knows_password(user: User, password: str) -> bool:
    """Whether that is the user's password, with the security token after it or without (from a trusted address)."""
    given = password.encode()
    return any(
        hmac.compare_digest(given, right.encode()) for right in (user.password + user.security_token, user.password)
    )


def _allowed(app: App) -> bool:
    return app.org.policies.password_flow and app.kind == "connected_app"
