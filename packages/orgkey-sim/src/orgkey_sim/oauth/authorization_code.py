"""The authorization code grant (RFC 6749, section 4.1) with PKCE (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.oauth.login import admit, authenticate_client, find_app, token_answer

if TYPE_CHECKING:
    from orgkey_sim.oauth.request import OAuthRequest

__all__ = ["GRANT_TYPE", "grant"]

GRANT_TYPE: Final = "authorization_code"

_OFFLINE: Final = frozenset({"refresh_token", "offline_access"})


def grant(asked: OAuthRequest) -> dict[str, Any]:
    """Exchange an authorization code; a refresh token comes with it where the app has that scope.

    Raises OAuthError with any row of this grant.
    """
    text, redirect_uri = asked.require("code"), asked.require("redirect_uri")
    app = find_app(asked, asked.client_id)
    if app.secret_required or asked.client_secret:
        authenticate_client(asked, app)
    code = app.org.consents.take_code(text)
    if code is None or code.app is not app:
        raise OAuthError("invalid_code")
    if code.expires <= app.org.clock.now():
        raise OAuthError("expired_code")
    if code.redirect_uri != redirect_uri:
        raise OAuthError("redirect_uri_mismatch")
    if code.challenge and not hmac.compare_digest(code.challenge, _challenge(asked.get("code_verifier"))):
        raise OAuthError("invalid_code_verifier")
    admit(asked, app, code.user)
    if not code.scopes & _OFFLINE:
        return token_answer(asked, app, code.user, scopes=code.scopes)
    org = app.org
    token, family, pushed_out = org.consents.add_refresh_token(app, code.user, code.scopes, org.clock.now())
    for each in pushed_out:
        org.sessions.end(family=each)
    return token_answer(asked, app, code.user, scopes=code.scopes, family=family) | {"refresh_token": token}


def _challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
