"""Access tokens: opaque ones, and JWT-format ones whose expiry anybody can read."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.keys import shared_key_pair

if TYPE_CHECKING:
    from orgkey_sim.model import App, Org, User

__all__ = ["KEY_ID", "new_token", "opaque_token", "public_keys"]

KEY_ID: Final = "orgkey-sim-1"
_SHORT_ID: Final = 15


def new_token(app: App, user: User, scopes: frozenset[str], now: float, lifetime: float) -> str:
    """Make an access token in the format the app is set to."""
    if app.token_format == "opaque":  # noqa: S105 - a format
        return opaque_token(app.org)
    return _jwt(app, user, scopes, int(now), int(lifetime))


def opaque_token(org: Org) -> str:
    """The org's short id, an exclamation mark, and nothing anybody could read."""
    return f"{org.org_id[:_SHORT_ID]}!AQEA{secrets.token_urlsafe(69).replace('-', '.')}"


def public_keys() -> list[dict[str, str]]:
    """The keys that JWT-format tokens are signed with (RFC 7517)."""
    return [shared_key_pair().verifying_key.as_jwk(KEY_ID)]


def _jwt(app: App, user: User, scopes: frozenset[str], now: int, lifetime: int) -> str:
    """The claims are those described in Salesforce Help, "JWT-Based Access Tokens" (jwt_access_tokens)."""
    import jwt

    org = app.org
    claims: dict[str, Any] = {
        "iss": f"https://{org.my_domain}",
        "aud": [f"https://{org.instance_host}"],
        "sub": f"uid:{user.id}",
        "client_id": app.client_id,
        "scp": " ".join(sorted(scopes)),
        "mty": "oauth",
        "nbf": now,
        "iat": now,
        "exp": now + lifetime,
        "jti": secrets.token_hex(8),
    }
    headers = {"tnk": f"core/prod/{org.org_id}", "ver": "1.0", "kid": KEY_ID, "tty": "sfdc-core-token"}
    return jwt.encode(claims, shared_key_pair().private_key, algorithm="RS256", headers=headers)
