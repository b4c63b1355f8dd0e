"""SOAP login(), which is here to be refused: it is off in new orgs and gone from API version 65.0 on.

Texts: Salesforce Help, article 005132110; https://github.com/OpenFn/adaptors/issues/1715;
https://github.com/forcedotcom/wsc/issues/363.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from starlette.routing import Route

from orgkey_sim import soap
from orgkey_sim.api import xml
from orgkey_sim.api.resource import read_body
from orgkey_sim.data import ApiError
from orgkey_sim.oauth.access_tokens import opaque_token
from orgkey_sim.oauth.password import knows_password
from orgkey_sim.visit import Visit, visit_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from starlette.requests import Request
    from starlette.responses import Response

    from orgkey_sim.model import Org, User

__all__ = ["routes"]

_FIRST_VERSION: Final = 31
_FIRST_WITHOUT_LOGIN: Final = 65
_DISABLED: Final = (
    "SOAP API login() is disabled by default in this org. Contact the org administrator to enable SOAP API login()."
)
_GONE: Final = (
    "The SOAP Login operation is not available in the API version specified ({version}). "
    "Refer to the documentation for supported versions."
)
_INVALID_LOGIN: Final = "Invalid username, password, security token; or user locked out."


async def _respond(request: Request) -> Response:
    path, visit = request.url.path, visit_of(request)
    visit.entry.grant = "soap_login"
    try:
        return _login(request, visit, _operation(await read_body(request)))
    except ApiError as error:
        visit.entry.error = error.error_code
        detail = "LoginFault" if error.error_code == "INVALID_LOGIN" else "UnexpectedErrorFault"
        return soap.fault(path, error.error_code, error.message, detail)


def _operation(body: bytes) -> Element:
    try:
        envelope = xml.parse(body)
    except ApiError as error:
        raise ApiError(500, "soapenv:Client", error.message) from None
    inner = next(xml.children(envelope, "Body"), None)
    operation = next(iter(inner), None) if inner is not None else None
    if operation is None or xml.local_name(operation) != "login":
        name = "" if operation is None else str(operation.tag)
        raise ApiError(500, "soapenv:Client", f"No operation available for request {name}")
    return operation


def _login(request: Request, visit: Visit, operation: Element) -> Response:
    username, password = xml.text_of(operation, "username") or "", xml.text_of(operation, "password") or ""
    visit.entry.username = username
    version = request.path_params["version"]
    _check_version(version)
    org = visit.org = _org_of(visit, username)
    if org is None:
        raise ApiError(500, "INVALID_LOGIN", _INVALID_LOGIN)
    if not org.policies.soap_login:
        raise ApiError(500, "INVALID_OPERATION", _DISABLED)
    user = org.user(username)
    if user is None or user.frozen or not (org.active and user.active and knows_password(user, password)):
        raise ApiError(500, "INVALID_LOGIN", _INVALID_LOGIN)
    if not org.login_limit.admits(user.username):
        raise ApiError(500, "LOGIN_RATE_EXCEEDED", "Login rate exceeded")
    return _answer(visit, org, user, version)


def _check_version(version: str) -> None:
    found = re.fullmatch(r"(\d{1,3})\.0", version)
    number = int(found[1]) if found else 0
    if number < _FIRST_VERSION:
        raise ApiError(500, "UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    if number >= _FIRST_WITHOUT_LOGIN:
        raise ApiError(500, "INVALID_OPERATION", _GONE.format(version=version))


def _org_of(visit: Visit, username: str) -> Org | None:
    """The org addressed; at a login host, the org of that kind in which the user is."""
    door = visit.door
    if door.org is not None:
        return door.org
    for org in visit.directory:
        if org.user(username) and door.serves(org):
            return org
    return None


def _answer(visit: Visit, org: Org, user: User, version: str) -> Response:
    minutes = org.policies.session_minutes
    session = org.sessions.start(
        opaque_token(org),
        user,
        None,
        scopes=frozenset({"full"}),
        token_format="opaque",  # noqa: S106 - a format
        now=org.clock.now(),
        lifetime=minutes * 60.0,
    )
    visit.entry.token, visit.entry.generation = session.fingerprint, session.generation
    base = visit.door.instance_url(org)
    result = (
        f"<metadataServerUrl>{escape(base)}/services/Soap/m/{version}/{org.org_id}</metadataServerUrl>"
        "<passwordExpired>false</passwordExpired>"
        f"<sandbox>{str(org.kind != 'production').lower()}</sandbox>"
        f"<serverUrl>{escape(base)}/services/Soap/u/{version}/{org.org_id}</serverUrl>"
        f"<sessionId>{session.token}</sessionId>"
        f"<userId>{user.id}</userId>"
        "<userInfo>"
        f"<organizationId>{org.org_id}</organizationId><organizationName>{escape(org.name)}</organizationName>"
        f"<sessionSecondsValid>{int(minutes * 60)}</sessionSecondsValid>"
        f"<userEmail>{escape(user.email)}</userEmail><userFullName>{escape(user.name)}</userFullName>"
        f"<userId>{user.id}</userId><userName>{escape(user.username)}</userName><userType>Standard</userType>"
        "</userInfo>"
    )
    return soap.answer(
        f"<loginResponse><result>{result}</result></loginResponse>", namespaces=f' xmlns="{soap.PARTNER}"'
    )


routes: list[Route] = [
    Route(f"/services/Soap/{wsdl}/{{version}}{rest}", _respond, methods=["POST"])
    for wsdl in ("u", "c")
    for rest in ("", "/{rest:path}")
]
