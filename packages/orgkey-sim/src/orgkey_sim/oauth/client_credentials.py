"""The client credentials grant (RFC 6749, section 4.4): the app logs in as its Run-As user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.oauth.login import admit, authenticate_client, find_app, token_answer

if TYPE_CHECKING:
    from orgkey_sim.oauth.request import OAuthRequest

__all__ = ["GRANT_TYPE", "grant"]

GRANT_TYPE: Final = "client_credentials"

_NEVER_GRANTED: Final = frozenset({"full", "web", "refresh_token", "offline_access"})
"""Salesforce Help: remoteaccess_oauth_client_credentials_flow."""


def grant(asked: OAuthRequest) -> dict[str, Any]:
    """Answer a client credentials request.

    Raises OAuthError with any row of this grant.
    """
    if asked.visit.door.generic:
        raise OAuthError("domain_not_supported")
    app = find_app(asked, asked.client_id)
    asked.visit.claimed = app.run_as.username if app.run_as else ""
    authenticate_client(asked, app)
    if "client_credentials" not in app.flows:
        raise OAuthError("client_credentials_not_enabled")
    if app.run_as is None:
        raise OAuthError("no_run_as_user")
    admit(asked, app, app.run_as)
    return token_answer(asked, app, app.run_as, scopes=app.scopes - _NEVER_GRANTED)
