"""What the drop-in adds to a call of simple-salesforce while the token is good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import simple_salesforce
from harness import Effort, Goal, Row, alternate, difference, ratio, seconds
from requests import Response
from requests.adapters import BaseAdapter
from simple_salesforce_org import OrgProcess
from token_endpoint import TokenEndpoint

import orgkey
from orgkey_simple_salesforce import Salesforce

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TITLE", "measure"]

TITLE: Final = "sf.query of the simple-salesforce drop-in, token good"

_OURS: Final = "orgkey-simple-salesforce"
_THEIRS: Final = "simple-salesforce, fixed session id"
_QUERY: Final = "SELECT Id, Name FROM Contact LIMIT 200"
# As everybody has it, requests looks for ~/.netrc and proxy variables on each call.
_SETTINGS: Final = {"as it comes": True, "blind to the environment": False}
_CALLS: Final = 20
_CALLS_TO_SERVER: Final = 10
_TAKES: Final = 30
_TAKES_AT_SERVER: Final = 25


def measure(effort: Effort) -> list[Row]:
    """Over a transport in memory the added microseconds; over a local Salesforce the ratio of the whole call."""
    rows: list[Row] = []
    for setting, trust_env in _SETTINGS.items():
        in_memory, served = _in_memory(effort, trust_env=trust_env), _served(effort, trust_env=trust_env)
        added, factor = difference(in_memory[_OURS], in_memory[_THEIRS]), ratio(served[_OURS], served[_THEIRS])
        rows += [
            Row(f"added to a call in memory, {setting}", _OURS, "µs", added, Goal("≤", 20)),
            Row(f"by simple-salesforce, local server, {setting}", _OURS, "x", factor, Goal("≤", 1.03)),
            *(Row(f"the whole call in memory, {setting}", name, "µs", samples) for name, samples in in_memory.items()),
            *(Row(f"the whole call, local server, {setting}", name, "µs", samples) for name, samples in served.items()),
        ]
    return rows


def _in_memory(effort: Effort, *, trust_env: bool) -> dict[str, tuple[float, ...]]:
    with TokenEndpoint() as endpoint:
        app = {"client_id": "bench", "client_secret": "invented"}
        auth = orgkey.connect(login_url=endpoint.url, **app, allow_loopback_http=True)
        clients = _pair(auth, trust_env=trust_env)
        for sf in clients.values():
            sf.session.mount("https://", InMemory())
            sf.session.mount("http://", InMemory())
        return alternate(_timers(clients, _CALLS), effort.timed_rounds, _TAKES)


def _served(effort: Effort, *, trust_env: bool) -> dict[str, tuple[float, ...]]:
    with OrgProcess() as org:
        auth = orgkey.connect(
            login_url=org.address["http_url"],
            client_id=org.address["client_id"],
            client_secret=org.address["client_secret"],
            allow_loopback_http=True,
        )
        clients = _pair(auth, trust_env=trust_env)
        theirs = clients[_THEIRS]
        theirs.base_url = theirs.base_url.replace("https://", "http://")
        return alternate(_timers(clients, _CALLS_TO_SERVER), effort.timed_rounds, _TAKES_AT_SERVER)


def _pair(auth: orgkey.OrgSession, *, trust_env: bool) -> dict[str, Any]:
    ours = Salesforce(auth=auth)
    theirs = simple_salesforce.Salesforce(session_id=ours.session_id, instance_url=ours.instance_url)
    for sf in (ours, theirs):
        sf.session.trust_env = trust_env
    return {_OURS: ours, _THEIRS: theirs}


def _timers(clients: dict[str, Any], calls: int) -> dict[str, Callable[[], float]]:
    return {name: _timer(sf, calls) for name, sf in clients.items()}


def _timer(sf: Any, calls: int) -> Callable[[], float]:
    assert sf.query(_QUERY)["done"]

    def batch() -> None:
        for _ in range(calls):
            sf.query(_QUERY)

    return lambda: seconds(batch) / calls * 1e6


class InMemory(BaseAdapter):
    """Answers at once with one record."""

    _BODY: Final = b'{"totalSize":1,"done":true,"records":[{"Id":"003000000000001AAA","Name":"A"}]}'

    def send(self, request: Any, *_args: Any, **_settings: Any) -> Response:
        """The answer, which holds what requests' own adapter puts there."""
        response = Response()
        response.status_code, response._content = 200, self._BODY  # noqa: SLF001  # as responses does
        response.encoding, response.url, response.request = "utf-8", request.url, request
        return response

    def close(self) -> None:
        """Nothing is open."""
