"""The routes of a world: the OAuth endpoints, SOAP login and the data API, as one ASGI application."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router

from orgkey_sim import guard, soap_login
from orgkey_sim.api import apex, bulk1, bulk2, composite, metadata, rest, search
from orgkey_sim.oauth.authorize import authorize, error_page
from orgkey_sim.oauth.identity import discovery, identity, keys, userinfo
from orgkey_sim.oauth.token import token
from orgkey_sim.oauth.tokens import introspect, revoke

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["Application"]

_logger: Final = logging.getLogger("orgkey_sim")

_TOKEN_PATH: Final = "/services/oauth2/token"  # noqa: S105 - a path

_APIS: Final = (rest, search, composite, apex, bulk2, bulk1, metadata, soap_login)
_ROUTES: Final[tuple[BaseRoute, ...]] = (
    Route("/services/oauth2/authorize", authorize, methods=["GET", "POST"]),
    Route("/setup/secur/RemoteAccessErrorPage.apexp", error_page),
    Route("/services/oauth2/introspect", introspect, methods=["POST"]),
    Route("/services/oauth2/revoke", revoke, methods=["GET", "POST"]),
    Route("/services/oauth2/userinfo", userinfo, methods=["GET", "POST"]),
    Route("/id/keys", keys),
    Route("/id/{org_id}/{user_id}", identity, methods=["GET", "POST"]),
    Route("/.well-known/openid-configuration", discovery),
    *(route for module in _APIS for route in module.routes),
)


class Application:
    """Every path that a Salesforce host answers."""

    def __init__(self) -> None:
        self._router = Router(_ROUTES, redirect_slashes=False, default=_not_found)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            if scope["path"] == _TOKEN_PATH:
                # Ahead of the router, for speed: a load test is made of these.
                await (await token(Request(scope, receive)))(scope, receive, send)
            else:
                await self._router(scope, receive, send)
        except guard.SessionRejected as rejected:
            answer = guard.answer(Request(scope), rejected)
            await answer(scope, receive, send)
        except Exception:
            _logger.exception("the simulator failed at %s %s; please report this", scope["method"], scope["path"])
            await _error(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.")(scope, receive, send)


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    await _error(404, "NOT_FOUND", "The requested resource does not exist")(scope, receive, send)


def _error(status: int, code: str, message: str) -> Response:
    body = f'[{{"errorCode":"{code}","message":"{message}"}}]'
    return Response(body, status, media_type="application/json;charset=UTF-8")
