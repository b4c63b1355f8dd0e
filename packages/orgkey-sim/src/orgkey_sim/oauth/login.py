"""What every grant has in common: which app, whether it and the user may log in, and the token answer at the end."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.login_history import note_login
from orgkey_sim.oauth.access_tokens import new_token
from orgkey_sim.oauth.errors import OAuthError

if TYPE_CHECKING:
    from orgkey_sim.model import App, Org, User
    from orgkey_sim.oauth.request import OAuthRequest
    from orgkey_sim.visit import Visit

__all__ = ["admit", "authenticate_client", "find_app", "identity_url", "refuse_if_told", "token_answer"]


_BY_CONSENT: Final = frozenset({"authorization_code", "refresh_token"})


def find_app(asked: OAuthRequest, client_id: str) -> App:
    """The app of that consumer key, provided that it may be used at this door.

    Raises OAuthError with invalid_client_id, app_not_found, app_not_installed, app_blocked,
    inactive_organization, or whatever this org was told to refuse with next.
    """
    visit = asked.visit
    visit.entry.client_id = client_id
    app = visit.directory.find_app(client_id, visit.door)
    if app is None:
        raise OAuthError("invalid_client_id")
    visit.org = org = app.org
    refuse_if_told(visit, org)
    if not org.active:
        raise OAuthError("inactive_organization")
    if not (app.installed and _known_at(app, visit)):
        raise OAuthError("app_not_found" if app.kind == "eca" else "app_not_installed")
    if app.blocked:
        raise OAuthError("app_blocked")
    return app


def refuse_if_told(visit: Visit, org: Org) -> None:
    """Raise the error that `Org.refuse_next` asked for at this endpoint, if any."""
    row_id = org.next_refusal(visit.entry.endpoint)
    if row_id is not None:
        raise OAuthError(row_id)


def _known_at(app: App, visit: Visit) -> bool:
    if visit.door.org is not None:
        return visit.door.org is app.org
    return app.kind != "eca" or not visit.door.generic or app.org.policies.eca_on_generic_hosts


def authenticate_client(asked: OAuthRequest, app: App) -> None:
    """Check the consumer secret.

    Raises OAuthError with invalid_client.
    """
    if not hmac.compare_digest(asked.client_secret.encode(), app.client_secret.encode()):
        raise OAuthError("invalid_client")


def admit(asked: OAuthRequest, app: App, user: User) -> None:
    """Check that a user may log in through an app, from where the client is, now.

    Raises OAuthError with inactive_user, user_not_admin_approved, user_not_approved, ip_restricted,
    invalid_scope, rate_limit_exceeded.
    """
    org = app.org
    asked.visit.entry.username = user.username
    if user.frozen or not user.active:
        raise OAuthError("inactive_user")
    if not app.admits(user):
        raise OAuthError("user_not_admin_approved" if app.permitted_users == "admin_approved" else "user_not_approved")
    hour = datetime.fromtimestamp(org.clock.now(), UTC).hour
    if asked.get("grant_type") in _BY_CONSENT and not app.refreshes_from(asked.visit.address):
        raise OAuthError("ip_restricted")
    if not app.relax_ip and not org.policies.admits(asked.visit.address, hour):
        raise OAuthError("ip_restricted")
    if not app.scopes.issuperset(asked.get("scope").split()):
        raise OAuthError("invalid_scope")
    if not org.login_limit.admits(user.username):
        raise OAuthError("rate_limit_exceeded")


def token_answer(
    asked: OAuthRequest,
    app: App,
    user: User,
    *,
    scopes: frozenset[str] | None = None,
    signed: bool = True,
    family: int = 0,
) -> dict[str, Any]:
    """Begin a session and return what the token endpoint says about it.

    ``scopes`` is all of the app's unless given. ``signed`` adds issued_at and signature, which some flows lack.
    ``family`` is the consent it comes of, where there is a refresh token.
    """
    visit, org = asked.visit, app.org
    now = org.clock.now()
    granted = app.scopes if scopes is None else scopes
    minutes = org.policies.session_minutes if app.session_minutes is None else app.session_minutes
    if app.token_format == "jwt":  # noqa: S105 - a format
        minutes = org.policies.jwt_token_minutes
    lifetime = minutes * 60.0
    session = org.sessions.start(
        new_token(app, user, granted, now, lifetime),
        user,
        app,
        scopes=granted,
        token_format=app.token_format,
        now=now,
        lifetime=lifetime,
        family=family,
    )
    visit.entry.token, visit.entry.generation = session.fingerprint, session.generation
    visit.claimed = user.username
    note_login(visit, app)
    identity = identity_url(visit, org, user)
    answer: dict[str, Any] = {
        "access_token": session.token,
        "scope": " ".join(sorted(granted)),
        "instance_url": visit.door.instance_url(org),
        "id": identity,
        "token_type": "Bearer",
    }
    if app.token_format == "jwt":  # noqa: S105 - a format
        answer["api_instance_url"] = answer["instance_url"] if visit.door.own else "https://api.salesforce.com"
    if signed:
        issued_at = str(int(now * 1000))
        answer |= {"issued_at": issued_at, "signature": _signature(app, identity + issued_at)}
    return answer


def identity_url(visit: Visit, org: Org, user: User) -> str:
    """The Identity URL of a user, which says which org and which user a token is of."""
    host = visit.door.base_url if visit.door.own else f"https://{org.login_host}"
    return f"{host}/id/{org.org_id}/{user.id}"


def _signature(app: App, text: str) -> str:
    """HMAC-SHA256 under the consumer secret (Salesforce Help: "OAuth 2.0 Web Server Flow", the token response)."""
    return base64.b64encode(hmac.digest(app.client_secret.encode(), text.encode(), hashlib.sha256)).decode()
