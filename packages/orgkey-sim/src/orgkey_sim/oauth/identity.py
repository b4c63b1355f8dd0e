"""Who a token is of: the userinfo endpoint and the Identity URL; and the discovery document that names both.

Fields: Salesforce Help, "Identity URLs" and "OpenID Connect Discovery Endpoint".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import PlainTextResponse, Response

from orgkey_sim import guard
from orgkey_sim.oauth.access_tokens import public_keys
from orgkey_sim.oauth.login import identity_url
from orgkey_sim.oauth.token import json_answer
from orgkey_sim.visit import visit_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from orgkey_sim.sessions import Session
    from orgkey_sim.visit import Visit

__all__ = ["discovery", "identity", "keys", "userinfo"]

_SHORT_ID: Final = 15
_URLS: Final = {
    "enterprise": "/services/Soap/c/{version}/",
    "metadata": "/services/Soap/m/{version}/",
    "partner": "/services/Soap/u/{version}/",
    "rest": "/services/data/v{version}/",
    "sobjects": "/services/data/v{version}/sobjects/",
    "search": "/services/data/v{version}/search/",
    "query": "/services/data/v{version}/query/",
    "tooling_rest": "/services/data/v{version}/tooling/",
}
_WITH_ORG: Final = frozenset({"enterprise", "metadata", "partner"})


async def userinfo(request: Request) -> Response:
    """Describe the user of a token in OpenID Connect's terms."""
    session = await guard.authenticate(request, "identity")
    visit, user = visit_of(request), session.user
    answer = {
        "sub": identity_url(visit, session.org, user),
        "user_id": user.id,
        "organization_id": session.org.org_id,
        "preferred_username": user.username,
        "nickname": user.username.partition("@")[0],
        "name": user.name,
        "email": user.email,
        "email_verified": True,
        "given_name": None,
        "family_name": user.name,
        "zoneinfo": "GMT",
        "profile": f"{visit.door.instance_url(session.org)}/{user.id}",
        "urls": _urls(visit, session),
        **_common(session),
    }
    return json_answer(answer)


async def identity(request: Request) -> Response:
    """Describe the user of a token in Salesforce's terms, at the ``id`` URL of a token answer."""
    session = await guard.authenticate(request, "identity")
    visit, user, org = visit_of(request), session.user, session.org
    if not _same_id(request.path_params["org_id"], org.org_id):
        return PlainTextResponse("Wrong_Org", 403)
    if not _same_id(request.path_params["user_id"], user.id):
        return PlainTextResponse("Bad_Id", 403)
    answer = {
        "id": identity_url(visit, org, user),
        "asserted_user": True,
        "user_id": user.id,
        "organization_id": org.org_id,
        "username": user.username,
        "nick_name": user.username.partition("@")[0],
        "display_name": user.name,
        "email": user.email,
        "email_verified": True,
        "first_name": None,
        "last_name": user.name,
        "timezone": "GMT",
        "urls": _urls(visit, session),
        **_common(session),
    }
    return json_answer(answer)


async def discovery(request: Request) -> Response:
    """The OpenID Connect discovery document."""
    base = visit_of(request).door.base_url
    oauth = f"{base}/services/oauth2"
    return json_answer(
        {
            "issuer": base,
            "authorization_endpoint": f"{oauth}/authorize",
            "token_endpoint": f"{oauth}/token",
            "revocation_endpoint": f"{oauth}/revoke",
            "introspection_endpoint": f"{oauth}/introspect",
            "userinfo_endpoint": f"{oauth}/userinfo",
            "jwks_uri": f"{base}/id/keys",
            "scopes_supported": ["api", "full", "id", "openid", "profile", "email", "refresh_token", "web"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt"],
        }
    )


async def keys(request: Request) -> Response:  # noqa: ARG001 - starlette's signature
    """The keys that JWT-format access tokens are signed with."""
    return json_answer({"keys": public_keys()})


def _common(session: Session) -> dict[str, Any]:
    moment = datetime.fromtimestamp(session.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "active": session.user.active,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": 0,
        "updated_at": moment,
        "is_app_installed": True,
    }


def _urls(visit: Visit, session: Session) -> dict[str, str]:
    base, org_id = visit.door.instance_url(session.org), session.org.org_id[:_SHORT_ID]
    return {name: base + path + (org_id if name in _WITH_ORG else "") for name, path in _URLS.items()}


def _same_id(given: str, right: str) -> bool:
    return given in {right, right[:_SHORT_ID]}
