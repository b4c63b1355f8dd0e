"""What every data API address shares: version check, authentication, method dispatch, and errors as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from orgkey_sim import guard
from orgkey_sim.data import ApiError, Records
from orgkey_sim.data.writer import ManyMatchesError
from orgkey_sim.visit import visit_of

if TYPE_CHECKING:
    from orgkey_sim.model import Session

__all__ = [
    "DAILY_REQUESTS",
    "LATEST_VERSION",
    "Call",
    "Handler",
    "Resource",
    "as_object",
    "check_version",
    "error_answer",
    "json_answer",
    "no_content",
    "parse_json",
    "read_body",
    "resource",
]

FIRST_VERSION: Final = 31
"""Older ones were retired in Summer '25 ("Salesforce Platform API Versions 21.0 through 30.0 Retirement")."""
LATEST_VERSION: Final = 68
MAX_BODY: Final = 150 * 1024 * 1024
"""Bytes; Bulk API 2.0 takes the largest bodies ("Bulk API 2.0 Limits")."""

_JSON: Final = "application/json;charset=UTF-8"
_VERSION: Final = re.compile(r"(\d{1,3})\.0")
DAILY_REQUESTS: Final = 15_000


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request."""

    request: Request
    session: Session

    @property
    def records(self) -> Records:
        """The org's records."""
        return self.session.org.records

    @property
    def user_id(self) -> str:
        """Who acts."""
        return self.session.user.id

    @property
    def version(self) -> str:
        """API version of the address, as in "59.0"."""
        return str(self.request.path_params.get("version", f"{LATEST_VERSION}.0"))

    def part(self, name: str) -> str:
        """A named part of the address."""
        return str(self.request.path_params[name])

    async def body(self) -> bytes:
        """The request's body."""
        return await read_body(self.request)

    async def json(self) -> Any:
        """The request's body as JSON.

        Raises
        ------
        ApiError
            JSON_PARSER_ERROR.
        """
        return parse_json(await self.body())


Handler = Callable[[Call], Awaitable[Response]]


class Resource(Route):
    """An address of a data API: authenticates on its surface and hands each HTTP method to its handler.

    A trailing slash makes no difference, and ``_HttpMethod`` in the query string stands for the method, as in
    Salesforce.
    """

    def __init__(self, path: str, surface: guard.Surface, handlers: Mapping[str, Handler]) -> None:
        super().__init__(path, self._respond)
        # Any method comes in: a 405 in Salesforce's words is this class's own to give.
        self.methods = None
        self.path_regex = re.compile(self.path_regex.pattern.removesuffix("$") + "/?$")
        self._surface = surface
        self._handlers = handlers

    async def _respond(self, request: Request) -> Response:
        try:
            check_version(request.path_params.get("version"))
        except ApiError as error:
            return self.refusal(request, error)
        call = Call(request, await guard.authenticate(request, self._surface))
        answer = await self.answer(call)
        org = call.session.org
        limit = org.policies.daily_api_requests or DAILY_REQUESTS
        answer.headers["Sforce-Limit-Info"] = f"api-usage={org.api_requests}/{limit}"
        return answer

    def refusal(self, request: Request, error: ApiError) -> Response:
        """An error in the form this API gives it."""
        if isinstance(error, ManyMatchesError):
            base = f"/services/data/v{request.path_params['version']}/sobjects/{error.object_name}"
            return json_answer([f"{base}/{record_id}" for record_id in error.ids], error.status)
        return error_answer(error)

    async def answer(self, call: Call) -> Response:
        """What its handler says to an authenticated call, refusals included."""
        method = call.request.query_params.get("_HttpMethod", call.request.method).upper()
        handler = self._handlers.get("GET" if method == "HEAD" else method)
        if handler is None:
            return self._wrong_method(call.request, method)
        try:
            return await handler(call)
        except ApiError as error:
            visit_of(call.request).entry.error = error.error_code
            return self.refusal(call.request, error)
        except RecursionError:
            return self.refusal(call.request, ApiError(400, "JSON_PARSER_ERROR", "The request is nested too deep"))
        except ClientDisconnect:
            return Response(status_code=400)

    def _wrong_method(self, request: Request, method: str) -> Response:
        allowed = ",".join(sorted(self._handlers))
        message = f"HTTP Method '{method}' not allowed. Allowed are {allowed}"
        answer = self.refusal(request, ApiError(405, "METHOD_NOT_ALLOWED", message))
        answer.headers["Allow"] = allowed
        return answer


def resource(path: str, surface: guard.Surface = "rest", **handlers: Handler) -> Resource:
    """A `Resource` for ``path``: ``resource("/limits", GET=limits)``."""
    return Resource(path, surface, handlers)


def check_version(version: object) -> None:
    """Refuse an address whose API version is retired (410) or does not exist (404)."""
    if version is None:
        return
    found = _VERSION.fullmatch(str(version))
    number = int(found[1]) if found else 0
    if 0 < number < FIRST_VERSION:
        message = f"The API version {number}.0 is retired. Use version {FIRST_VERSION}.0 or later."
        raise ApiError(410, "UNSUPPORTED_API_VERSION", message)
    if not FIRST_VERSION <= number <= LATEST_VERSION:
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")


def json_answer(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with ``value`` as JSON."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, headers, media_type=_JSON)


def error_answer(error: ApiError) -> Response:
    """Answer with an error the way REST does: a list of one."""
    return json_answer([error.as_json()], error.status)


def no_content() -> Response:
    """Answer that it is done."""
    return Response(status_code=204)


async def read_body(request: Request) -> bytes:
    """The body of a request.

    Raises
    ------
    ApiError
        413 for one larger than any API takes.
    """
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            raise ApiError(413, "REQUEST_ENTITY_TOO_LARGE", "The request body is too large")
        chunks.append(chunk)
    return b"".join(chunks)


def parse_json(body: bytes) -> Any:
    """``body`` as JSON, or the JSON_PARSER_ERROR Salesforce answers with."""
    if not body.strip():
        raise ApiError(400, "JSON_PARSER_ERROR", "No content to map to Object due to end of input")
    try:
        return json.loads(body, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"[line:{error.lineno}, column:{error.colno}]"
        raise ApiError(400, "JSON_PARSER_ERROR", f"{_unexpected(error)} at {where}") from None
    except (ValueError, RecursionError):
        raise ApiError(400, "JSON_PARSER_ERROR", "The HTTP entity body is not valid JSON") from None


def as_object(value: object) -> dict[str, Any]:
    """``value`` as a JSON object, or a JSON_PARSER_ERROR."""
    if not isinstance(value, dict):
        raise ApiError(400, "JSON_PARSER_ERROR", "The HTTP entity body is required to be a JSON object")
    return value


def _unexpected(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc):
        return "Unexpected end-of-input"
    character = error.doc[error.pos]
    return f"Unexpected character ('{character}' (code {ord(character)}))"


def _no_constant(name: str) -> float:
    message = f"{name} is not JSON"
    raise ValueError(message)
