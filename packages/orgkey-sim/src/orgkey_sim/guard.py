"""Who may use the data API: finds the session behind a token, and words the refusal as each API does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from xml.sax.saxutils import escape

from starlette.responses import PlainTextResponse, Response

from orgkey_sim import soap
from orgkey_sim.requestlog import fingerprint
from orgkey_sim.visit import Visit, visit_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from orgkey_sim.model import Session

__all__ = ["Refusal", "SessionRejected", "Surface", "answer", "authenticate", "authenticate_soap", "bearer_token"]

Surface = Literal["rest", "bulk1", "bulk2", "soap", "identity"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call is refused, in the words of each API.

    ``status`` is REST's. Bulk API 1.0 answers 400 with ``bulk1_code``, SOAP 500 with ``soap_code``.
    """

    status: int
    code: str
    message: str
    bulk1_code: str
    bulk1_message: str
    soap_code: str
    soap_message: str


EXPIRED: Final = Refusal(
    401,
    "INVALID_SESSION_ID",
    "Session expired or invalid",
    "InvalidSessionId",
    "Invalid session id",
    "INVALID_SESSION_ID",
    "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session key",
)
NOT_FOR_API: Final = Refusal(
    401,
    "INVALID_SESSION_ID",
    "This session is not valid for use with the REST API",
    "InvalidSessionId",
    "This session is not valid for use with the API",
    "INVALID_SESSION_ID",
    "This session is not valid for use with the API",
)
API_DISABLED: Final = Refusal(
    403,
    "API_DISABLED_FOR_ORG",
    "The REST API is not enabled for this Organization.",
    "FeatureNotEnabled",
    "Async API not enabled",
    "API_CURRENTLY_DISABLED",
    "API is currently disabled for this user",
)
LIMIT_EXCEEDED: Final = Refusal(
    403,
    "REQUEST_LIMIT_EXCEEDED",
    "TotalRequests Limit exceeded.",
    "ExceededQuota",
    "TotalRequests Limit exceeded.",
    "REQUEST_LIMIT_EXCEEDED",
    "TotalRequests Limit exceeded.",
)

_ASYNC_NAMESPACE: Final = "http://www.force.com/2009/06/asyncapi/dataload"


class SessionRejected(Exception):
    """No call with this session on that API."""

    def __init__(self, surface: Surface, refusal: Refusal = EXPIRED) -> None:
        super().__init__(f"{refusal.code}: {refusal.message}")
        self.surface = surface
        self.refusal = refusal


async def authenticate(request: Request, surface: Surface) -> Session:
    """Return the living session that a request carries, after noting its activity.

    Raises SessionRejected for a token that is missing, unknown, expired, or not good for this API.
    """
    return _admit(visit_of(request), bearer_token(request), surface)


async def authenticate_soap(request: Request, session_id: str) -> Session:
    """The same for a session id out of a SOAP header."""
    return _admit(visit_of(request), session_id, "soap")


def bearer_token(request: Request) -> str:
    """The access token of a request, from ``Authorization`` or ``X-SFDC-Session``; empty where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in {"bearer", "oauth"}:
        return token.strip()
    return request.headers.get("x-sfdc-session", "").strip()


def answer(request: Request, rejected: SessionRejected) -> Response:
    """Word a refusal as the API at hand does."""
    refusal = rejected.refusal
    visit_of(request).entry.error = refusal.code
    if rejected.surface == "soap":
        return soap.fault(request.url.path, refusal.soap_code, refusal.soap_message)
    if rejected.surface == "bulk1":
        return _bulk1_error(request, refusal)
    if rejected.surface == "identity":
        text = "Bad_OAuth_Token" if bearer_token(request) else "Missing_OAuth_Token"
        return PlainTextResponse(text, 403)
    body = json.dumps([{"message": refusal.message, "errorCode": refusal.code}], separators=(",", ":"))
    return Response(body, refusal.status, media_type="application/json;charset=UTF-8")


def _admit(visit: Visit, token: str, surface: Surface) -> Session:
    entry = visit.entry
    entry.token = fingerprint(token) if token else ""
    session = visit.directory.find_session(token, visit.door) if token else None
    if session is None:
        raise SessionRejected(surface)
    visit.org = session.org
    entry.username, entry.generation = session.user.username, session.generation
    if session.app is not None:
        entry.client_id = session.app.client_id
    refusal = _refusal(session, surface)
    if refusal is not None:
        raise SessionRejected(surface, refusal)
    session.touch(visit.directory.clock.now())
    return session


def _refusal(session: Session, surface: Surface) -> Refusal | None:
    if surface == "identity":
        return None
    if surface in {"soap", "bulk1"} and session.token_format == "jwt":  # noqa: S105 - a format
        return EXPIRED
    if not session.scopes & {"api", "full"}:
        return NOT_FOR_API
    org = session.org
    if not (org.policies.api_enabled and session.user.api_enabled):
        return API_DISABLED
    org.api_requests += 1
    limit = org.policies.daily_api_requests
    return LIMIT_EXCEEDED if limit is not None and org.api_requests > limit else None


def _bulk1_error(request: Request, refusal: Refusal) -> Response:
    asked = request.headers.get("accept", "") + request.headers.get("content-type", "")
    if "json" in asked:
        error = {"exceptionCode": refusal.bulk1_code, "exceptionMessage": refusal.bulk1_message}
        return Response(json.dumps(error), 400, media_type="application/json;charset=UTF-8")
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><error xmlns="{_ASYNC_NAMESPACE}">'
        f"<exceptionCode>{refusal.bulk1_code}</exceptionCode>"
        f"<exceptionMessage>{escape(refusal.bulk1_message)}</exceptionMessage></error>"
    )
    return Response(body, 400, media_type="application/xml;charset=UTF-8")
