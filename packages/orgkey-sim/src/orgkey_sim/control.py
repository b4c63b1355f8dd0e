"""The control API: what `World`, `Org`, `User` and `App` can do in Python, as JSON over HTTP.

    GET    /                                    where everything is, and all credentials
    GET    /errors                              the error table
    POST   /clock/advance                       {"seconds": 7200}
    POST   /orgs                                an org as in a world file
    GET    /orgs/acme                           the org, with users and apps
    DELETE /orgs/acme
    GET    /orgs/acme/policies                  PATCH {"session_minutes": 15}
    GET    /orgs/acme/log                       ?endpoint=token&status=400 filters; DELETE clears
    GET    /orgs/acme/faults                    POST {"endpoint": "token", "delay": 2}; DELETE clears
    POST   /orgs/acme/<operation>               {"row_id": "inactive_user", "app": "Agent"}
    POST   /orgs/acme/users/<username>/<operation>
    POST   /orgs/acme/apps/<name or consumer key>/<operation>

An operation is a method of the Python class of that name, its body the method's arguments; users and apps are named by
username, and by name or consumer key. /log and /faults without an org are those of the addresses that belong to none.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from orgkey_sim.builder import at, build_org, create_app, set_policies
from orgkey_sim.faults import Fault, Faults
from orgkey_sim.model import App, Org, User
from orgkey_sim.oauth.errors import ROWS
from orgkey_sim.settings import Lookup, SettingsError, bind

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from orgkey_sim.requestlog import RequestLog
    from orgkey_sim.world import World

__all__ = ["Control"]

_logger: Final = logging.getLogger("orgkey_sim")

_LARGEST_BODY: Final = 1024 * 1024
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")

_ORG_OPERATIONS: Final = frozenset(
    {
        "create_user",
        "put_permission_set",
        "assign",
        "delete_app",
        "expire_sessions",
        "revoke",
        "suspend",
        "resume",
        "refresh_sandbox",
        "move_instance",
        "rate_limit_logins",
        "refuse_next",
        "provoke",
        "clear_log",
    }
)
_USER_OPERATIONS: Final = frozenset({"activate", "deactivate", "freeze", "unfreeze"})
_APP_OPERATIONS: Final = frozenset(
    {
        "approve",
        "withdraw_approval",
        "block",
        "unblock",
        "install",
        "uninstall",
        "enable_flow",
        "disable_flow",
        "change_run_as",
        "remove_run_as",
        "replace_certificate",
        "rotate_secret",
    }
)


class _NotFoundError(Exception):
    """No such address."""


class Control:
    """The ASGI application of the control API."""

    def __init__(self, world: World, *, listens_on_loopback: bool) -> None:
        self._world = world
        self._hosts = _LOOPBACK if listens_on_loopback else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            with contextlib.suppress(asyncio.CancelledError):
                await (await self._respond(Request(scope, receive)))(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            self._check_origin(request)
            body = await _read(request)
            # In another thread: an operation may make a key, load records, or have the server open a port.
            return _json(await asyncio.to_thread(self._dispatch, request, body))
        except SettingsError as error:
            return _json({"error": error.reason, "key": error.key}, 400)
        except (ValueError, TypeError) as error:
            return _json({"error": str(error)}, 400)
        except (_NotFoundError, KeyError) as error:
            return _json({"error": str(error.args[0])}, 404)
        except Exception:
            _logger.exception("the control API failed at %s %s; please report this", request.method, request.url.path)
            return _json({"error": "the control API failed; the simulator's log says more"}, 500)

    def _check_origin(self, request: Request) -> None:
        """Keep out web pages: a browser on this machine would come here for any site that asks it to.

        A page can neither do so without saying where it is from, nor hide the name by which it found this address.
        """
        if "origin" in request.headers:
            raise SettingsError(("Origin",), "the control API answers no web pages")
        if self._hosts and request.headers.get("host", "").rpartition(":")[0] not in self._hosts:
            raise SettingsError(("Host",), f"the control API answers at {', '.join(self._hosts)} only")

    def _dispatch(self, request: Request, body: Any) -> Any:
        """Find what an address means; ``body`` is the request's JSON."""
        world, method = self._world, request.method
        match [part for part in request.url.path.split("/") if part]:
            case [] if method == "GET":
                return world.summary()
            case ["errors"] if method == "GET":
                return [_row(row_id) for row_id in ROWS]
            case ["clock"] if method == "GET":
                return {"now": world.clock.now()}
            case ["clock", "advance"] if method == "POST":
                world.clock.advance(**bind(world.clock.advance, body))
                return {"now": world.clock.now()}
            case ["log"]:
                return _log(world.log, request)
            case ["faults"]:
                return _faults(world.faults, method, body)
            case ["orgs"] if method == "GET":
                return [org.summary() for org in world]
            case ["orgs"] if method == "POST":
                return build_org(world, body).summary()
            case ["orgs", name, *rest]:
                return self._dispatch_org(world.org(name), rest, request, body)
        raise _not_found(request)

    def _dispatch_org(self, org: Org, rest: list[str], request: Request, body: Any) -> Any:
        method = request.method
        match rest:
            case [] if method == "GET":
                return org.summary()
            case [] if method == "DELETE":
                return self._world.delete_org(org)
            case ["policies"] if method in {"GET", "PATCH"}:
                set_policies(org, body if method == "PATCH" else {})
                return asdict(org.policies)
            case ["log"]:
                return _log(org.log, request)
            case ["faults"]:
                return _faults(org.faults, method, body)
            case ["create_app"] if method == "POST":
                return create_app(org, body).summary()
            case ["users", username, operation] if method == "POST" and operation in _USER_OPERATIONS:
                return _call(_found(org.user(username), username), operation, body, org)
            case ["apps", name, operation] if method == "POST" and operation in _APP_OPERATIONS:
                return _call(_found(org.app(name), name), operation, body, org)
            case [operation] if method == "POST" and operation in _ORG_OPERATIONS:
                return _call(org, operation, body, org)
        raise _not_found(request)


def _call(target: object, operation: str, body: Any, org: Org) -> Any:
    """Call a method with the arguments that the body gives, and return its result as JSON shows it."""
    method: Callable[..., Any] = getattr(target, operation)
    lookup: Lookup = {User: org.user, App: org.app}
    result = method(**bind(method, body, lookup))
    if isinstance(result, User):
        return {"id": result.id, "username": result.username}
    return {"result": result} if result is not None else {}


def _log(log: RequestLog, request: Request) -> Any:
    if request.method == "DELETE":
        return log.clear()
    wanted = request.query_params
    entries = [entry.as_dict() for entry in log]
    for name in wanted:
        if entries and name not in entries[0]:
            raise SettingsError((name,), f"no entry has that; there are {', '.join(entries[0])}")
    return [entry for entry in entries if all(str(entry[name]) == value for name, value in wanted.items())]


def _faults(faults: Faults, method: str, body: Any) -> Any:
    if method == "POST":
        arguments = bind(Fault, body)
        with at():
            faults.add(**arguments)
    elif method == "DELETE":
        faults.clear()
    return faults.as_list()


def _row(row_id: str) -> dict[str, Any]:
    row = asdict(ROWS[row_id])
    del row["provoke"]
    return row


def _found(target: object | None, name: str) -> object:
    if target is None:
        raise _NotFoundError(f"no {name!r} in this org")
    return target


def _not_found(request: Request) -> _NotFoundError:
    return _NotFoundError(
        f"nothing at {request.method} {request.url.path}; the module orgkey_sim.control lists all addresses"
    )


async def _read(request: Request) -> Any:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_BODY:
                raise ValueError("the body is larger than 1 MiB")
    except ClientDisconnect:
        raise ValueError("the request ended early") from None
    if not body:
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the body is not JSON: {error}") from None
    if not isinstance(value, Mapping):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - of the client's making
    return value


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps({} if value is None else value), status, media_type="application/json")
