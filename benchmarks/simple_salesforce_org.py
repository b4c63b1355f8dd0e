"""A local Salesforce in a process of its own, so that it competes with no client for an interpreter."""

from __future__ import annotations

import json
import multiprocessing
import os
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from types import TracebackType

    from orgkey_sim import App, Org, World

__all__ = ["OrgProcess"]

_CONTEXT: Final = multiprocessing.get_context("spawn")
_EXPIRED: Final = json.dumps([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
_USER: Final = "agent@acme.example"


class OrgProcess:
    """An org with 200 contacts and one app, while the ``with`` block lasts.

    ``address`` holds ``http_url``, ``proxy_url``, ``ca_file``, ``my_domain``, ``client_id`` and ``client_secret``.
    """

    def __init__(self) -> None:
        self._ours, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self.address: dict[str, str] = self._ours.recv()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ours.send(None)
        self._process.join()

    def through_proxy(self) -> None:
        """Let every HTTP library of this process reach the org by its real host name."""
        os.environ["HTTPS_PROXY"] = self.address["proxy_url"]
        os.environ["REQUESTS_CA_BUNDLE"] = self.address["ca_file"]

    def logins(self) -> int:
        """Token requests so far."""
        return self._ask("logins")

    def expire(self) -> None:
        """End all sessions."""
        self._ask("expire")

    def pass_minute(self) -> None:
        """Move the org's clock by a minute, at whose end all sessions die."""
        self._ask("minute")

    def reject_all(self, *, on: bool) -> None:
        """Answer every REST call as to an expired session, or no longer."""
        self._ask("reject" if on else "accept")

    def _ask(self, what: str) -> int:
        self._ours.send(what)
        answer: int = self._ours.recv()
        return answer


def _serve(outside: Connection) -> None:
    from orgkey_sim import World

    with World() as world:
        org = world.create_org("acme", contacts=200)
        app = org.create_app("Bench", run_as=org.create_user(_USER))
        org.rate_limit_logins(None)
        outside.send(_address(world, org, app))
        tasks: dict[str, Callable[[], Any]] = {
            "logins": lambda: org.token_requests,
            "expire": org.expire_sessions,
            "minute": partial(_minute, world, org),
            "reject": partial(
                org.faults.add, "rest", status=401, body=_EXPIRED, content_type="application/json", times=None
            ),
            "accept": org.faults.clear,
        }
        while (order := outside.recv()) is not None:
            outside.send(tasks[order]() or 0)


def _address(world: World, org: Org, app: App) -> dict[str, str]:
    return {
        "http_url": org.login_url,
        "proxy_url": world.proxy_url,
        "ca_file": world.ca_file,
        "my_domain": org.my_domain,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    }


def _minute(world: World, org: Org) -> int:
    world.clock.advance(60)
    return org.expire_sessions()
