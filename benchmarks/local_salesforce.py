"""How fast the local Salesforce answers token requests and queries, beside a bare endpoint of the same server."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from itertools import count, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
from harness import Effort, Goal, Row, alternate

import orgkey
from orgkey.org import HostRules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["TITLE", "lift_login_limit", "login_request", "measure", "serving", "world_file"]

TITLE: Final = "The local Salesforce"

_TOKENS: Final = "token requests per second, assertion verified"
_QUERIES: Final = "queries per second, 200 rows"
_READY: Final = "from start to the ready line"
_USER: Final = "agent@acme.example"
_CONNECTIONS: Final = 8
_SOQL: Final = "SELECT Id, Name, Email, Phone FROM Contact WHERE LastName != 'nobody {number}' LIMIT 200"
_JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_WORLD: Final = f"""
[[orgs]]
name = "acme"
contacts = {{contacts}}

[[orgs.users]]
username = "{_USER}"

[[orgs.apps]]
name = "Agent"
flows = ["jwt_bearer"]
"""

# What the same server software does when it reads the request and answers a constant.
_BARE: Final = """
import socket, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def answer(request):
    await request.body()
    return Response(b'{"access_token":"00D000000000001!x","token_type":"Bearer"}', media_type="application/json")

# With the protocol named, asyncio sends without delay; create_server() leaves it unnamed.
listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listening.bind(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
app = Starlette(routes=[Route("/services/oauth2/token", answer, methods=["POST"])])
uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False)).run([listening])
"""


def measure(effort: Effort) -> list[Row]:
    """Answers a second under load, and how long a start takes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        world = world_file(folder, "small.toml", 2_000)
        ready = stack.enter_context(serving(world))
        bare = stack.enter_context(_bare_endpoint())
        org = ready["orgs"][0]
        lift_login_limit(ready["control_url"])
        form = _token_form(org)
        login_url, numbers = org["login_url"], count()
        loads = {
            _TOKENS: _Load(login_url, lambda: repeat(_post(form))),
            f"{_TOKENS}, bare": _Load(bare, lambda: repeat(_post(form))),
            _QUERIES: _Load(login_url, lambda: _queries(login_url, form, numbers)),
            f"{_QUERIES}, repeated": _Load(login_url, lambda: _queries(login_url, form, repeat(0))),
        }
        rates = alternate(
            {name: lambda load=load: load.rate(effort.hammering / 5) for name, load in loads.items()}, effort.rounds
        )
    starts = alternate(
        {
            "an empty world": lambda: _seconds_to_ready(None),
            "an org with 100,000 Contacts": lambda: _seconds_to_ready(world_file(folder, "large.toml", 100_000)),
        },
        max(3, effort.rounds // 3),
    )
    limits = {"an empty world": 1.0, "an org with 100,000 Contacts": 3.0}
    return [
        Row(_TOKENS, "orgkey-sim", "/s", rates[_TOKENS], Goal("≥", 2000)),
        Row(_TOKENS, "a bare starlette endpoint", "/s", rates[f"{_TOKENS}, bare"]),
        Row(_QUERIES, "orgkey-sim, each query new", "/s", rates[_QUERIES], Goal("≥", 500)),
        Row(_QUERIES, "orgkey-sim, one query again and again", "/s", rates[f"{_QUERIES}, repeated"], Goal("≥", 500)),
        *(Row(_READY, case, "s", starts[case], Goal("<", limit)) for case, limit in limits.items()),
    ]


class _Load:
    """Requests, sent on a few connections at once by plain sockets: little work on our side."""

    def __init__(self, url: str, requests: Callable[[], Iterator[bytes]]) -> None:
        self._url = url
        self._requests = requests

    def rate(self, seconds: float) -> float:
        """Answers a second over about ``seconds``. Any answer but 200 is an error."""
        requests = self._requests()
        with ExitStack() as stack:  # connections of its own: a server closes those that idle between two rounds
            sockets = [stack.enter_context(_connect(self._url)) for _ in range(_CONNECTIONS)]
            answered, started = 0, time.perf_counter()
            while time.perf_counter() - started < seconds:
                for each in sockets:
                    each.sendall(next(requests))
                for each in sockets:
                    _read_answer(each)
                answered += len(sockets)
            return answered / (time.perf_counter() - started)


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _read_answer(connection: socket.socket) -> bytes:
    answer = bytearray()
    while b"\r\n\r\n" not in answer:
        answer += _received(connection)
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), bytes(answer)
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += _received(connection)
    return body


def _received(connection: socket.socket) -> bytes:
    part = connection.recv(65_536)
    assert part, "the server closed the connection"
    return part


def _exchange(url: str, request: bytes) -> bytes:
    with _connect(url) as connection:
        connection.sendall(request)
        return _read_answer(connection)


def _post(form: bytes) -> bytes:
    head = (
        "POST /services/oauth2/token HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
    )
    return head.encode("ascii") + form


def _queries(url: str, form: bytes, numbers: Iterable[int]) -> Iterator[bytes]:
    """Queries with a session of their own: an org keeps 10,000, and the token requests beside them open more."""
    token = json.loads(_exchange(url, _post(form)))["access_token"]
    for number in numbers:
        yield _query(token, number)


def _query(token: str, number: int) -> bytes:
    path = f"/services/data/v64.0/query?q={quote_plus(_SOQL.format(number=number))}"
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode("ascii")


def login_request(org: dict[str, Any]) -> bytes:
    """A token request that may be sent again and again, for as long as a measurement takes."""
    return _post(_token_form(org))


def _token_form(org: dict[str, Any]) -> bytes:
    app = org["apps"][0]
    grant = orgkey.JWTBearer(app["client_id"], _USER, f"file:{app['private_key_file']}")
    login = HostRules(allow_loopback_http=True).origin(org["login_url"])
    assertion = grant.assertion(login, time.time() + 3600).reveal()  # good for as long as this takes
    return urlencode({"grant_type": _JWT_BEARER, "assertion": assertion}).encode("ascii")


def lift_login_limit(control: str) -> None:
    """Let the user log in more often than the 3,600 times an hour that an org allows."""
    answer = httpx.post(f"{control}/orgs/acme/rate_limit_logins", json={"limit": None})
    answer.raise_for_status()


def world_file(folder: Path, name: str, contacts: int) -> Path:
    """A world of one org with that many Contacts, one user and one app."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(_WORLD.format(contacts=contacts), encoding="utf-8")
    return path


@contextmanager
def serving(world: Path | None) -> Iterator[dict[str, Any]]:
    """What a local Salesforce in a process of its own says when it is ready."""
    command = [sys.executable, "-m", "orgkey_sim.cli", "serve", "--json", *(["--world", str(world)] if world else [])]
    with _process(command) as line:
        yield json.loads(line)


@contextmanager
def _bare_endpoint() -> Iterator[str]:
    with _process([sys.executable, "-c", _BARE]) as line:
        yield line.strip()


@contextmanager
def _process(command: list[str]) -> Iterator[str]:
    """The first line of a server's output; the server ends with the block."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own servers
    try:
        assert process.stdout is not None
        yield process.stdout.readline()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _seconds_to_ready(world: Path | None) -> float:
    started = time.perf_counter()
    with serving(world):
        return time.perf_counter() - started
