"""What SalesforceTool costs beside langchain-salesforce's: one call, two hundred calls at once, and the import line."""

from __future__ import annotations

import asyncio
import gc
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpx
import httpx2
from harness import Effort, Goal, Row, alternate, ratio, run_python, seconds
from langchain_core.tools import BaseTool
from langchain_salesforce import SalesforceTool as Theirs
from simple_salesforce.api import Salesforce
from simple_salesforce_org import OrgProcess
from slow_org import SlowOrg

import orgkey
from orgkey_langchain import SalesforceQueryInput, SalesforceTool
from orgkey_langchain.schema import DESCRIPTION, NAME
from orgkey_records import pools

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["TITLE", "measure"]

TITLE: Final = "LangChain's Salesforce tool"

_OURS: Final = "orgkey-langchain"
_THEIRS: Final = "langchain-salesforce"
_THEIRS_PLAIN: Final = "langchain-salesforce, told to read plain dicts"
_EMPTY: Final = "LangChain's own run(), an empty tool"
_QUERY: Final = {"operation": "query", "query": "SELECT Id, Name FROM Contact LIMIT 200"}
_CALLS: Final = 10
_TAKES: Final = 10
_AT_ONCE: Final = 200
_THEIRS_AT_ONCE: Final = 20  # one after the other; 200 would take 20 s a round
_LATENCY: Final = 0.1
_BEAT: Final = 0.005
_IMPORTS: Final = {
    "from orgkey_langchain import SalesforceTool": "from orgkey_langchain import SalesforceTool",
    "from langchain_core.tools import BaseTool": "from langchain_core.tools import BaseTool",
    "from langchain_salesforce import SalesforceTool": "from langchain_salesforce import SalesforceTool",
}
_PROGRAM: Final = "import time\nstarted = time.perf_counter()\n{}\nprint(time.perf_counter() - started)"


def measure(effort: Effort) -> list[Row]:
    """One call by its ratio; a fan-out by its seconds, its ratio and the loop's lag; the import by its ratio."""
    return [*_one_call(effort), *_fan_out(effort), *_import(effort)]


def _one_call(effort: Effort) -> list[Row]:
    with OrgProcess() as org:
        auth = orgkey.connect(
            login_url=org.address["http_url"],
            client_id=org.address["client_id"],
            client_secret=org.address["client_secret"],
            allow_loopback_http=True,
        )
        tools = {
            _OURS: SalesforceTool(auth=auth),
            _THEIRS: _theirs(auth.token(), auth.instance_url),
            _THEIRS_PLAIN: _theirs(auth.token(), auth.instance_url, object_pairs_hook=None),
            _EMPTY: _Empty(),
        }
        samples = alternate({name: _timer(tool) for name, tool in tools.items()}, effort.timed_rounds, _TAKES)
    figure = "invoke of a query, local server"
    ours = samples[_OURS]
    return [
        Row(f"{figure}, by langchain-salesforce", _OURS, "x", ratio(ours, samples[_THEIRS]), Goal("≤", 1.10)),
        Row(f"{figure}, by {_THEIRS_PLAIN}", _OURS, "x", ratio(ours, samples[_THEIRS_PLAIN])),
        *(Row(figure, name, "µs", taken) for name, taken in samples.items()),
    ]


class _Empty(BaseTool):
    """What LangChain itself does for a call: callbacks, and validation by the same schema."""

    name: str = NAME
    description: str = DESCRIPTION
    args_schema: Any = SalesforceQueryInput

    def _run(self, *given: Any, **named: Any) -> Any:
        del given, named
        return {"done": True}


def _theirs(token: orgkey.Secret, instance_url: str, **settings: Any) -> Any:
    """langchain-salesforce's tool on a client with a fixed token, which it calls by plain http."""
    client = Salesforce(session_id=token.reveal(), instance_url=instance_url, **settings)
    client.base_url = client.base_url.replace("https://", "http://")
    return Theirs("unused", "unused", "unused", salesforce_client=client)


def _timer(tool: Any) -> Callable[[], float]:
    assert tool.invoke(_QUERY)["done"]

    def batch() -> None:
        for _ in range(_CALLS):
            tool.invoke(_QUERY)

    return lambda: seconds(batch) / _CALLS * 1e6


def _fan_out(effort: Effort) -> list[Row]:
    with SlowOrg() as org, asyncio.Runner() as runner:
        org.answers(after=_LATENCY)
        auth = orgkey.connect(login_url=org.url, client_id="bench", client_secret="invented", allow_loopback_http=True)  # noqa: S106  # invented
        fans = runner.run(_fans(auth, org.url))
        lags: list[float] = []
        timers = {
            name: partial(_run_anew, runner, call, count, lags if name == _OURS else [])
            for name, (call, count) in fans.items()
        }
        for timer in timers.values():
            timer()  # which opens the connections
        lags.clear()
        # A full collection walks over all that this file imports of peers; a service freezes that once it is up.
        gc.collect()
        gc.freeze()
        samples = alternate(timers, effort.rounds)
    figure = f"{_AT_ONCE} ainvoke at once, {_LATENCY * 1e3:.0f} ms latency"
    lag = sorted(lags)[int(len(lags) * 0.99)] * 1e3
    return [
        Row(figure, _OURS, "s", samples[_OURS], Goal("≤", 0.8)),
        Row(f"{figure}, by one call", _OURS, "x", tuple(each / _LATENCY for each in samples[_OURS]), Goal("≤", 2.5)),
        Row(f"{figure}, by bare", _OURS, "x", ratio(samples[_OURS], samples[_BARE]), Goal("≤", 1.2)),
        Row("p99 of the event loop's lag meanwhile", _OURS, "ms", (lag,), Goal("<", 50)),
        *(Row(figure, name, "s", taken) for name, taken in samples.items() if name != _OURS),
    ]


_BARE: Final = "bare httpx2 on the same pool"


async def _fans(auth: orgkey.OrgSession, url: str) -> dict[str, tuple[Callable[[], Awaitable[Any]], int]]:
    """Who makes the calls, and how many at once."""
    token = await auth.atoken()
    request: dict[str, Any] = {
        "url": f"{url}/services/data/v59.0/query",
        "params": {"q": _QUERY["query"]},
        "headers": {"Authorization": f"Bearer {token.reveal()}"},
    }
    no_limit: dict[str, Any] = {"max_connections": None, "max_keepalive_connections": 256}
    one2, one = (
        httpx2.AsyncClient(limits=httpx2.Limits(**no_limit), timeout=60),
        httpx.AsyncClient(limits=httpx.Limits(**no_limit), timeout=60),
    )

    async def bare() -> Any:
        async with pools.async_client(auth.options.http) as client:
            return (await client.get(**request)).json()

    async def on(client: Any) -> Any:
        return (await client.get(**request)).json()

    upstream = _theirs(token, url)
    ours = SalesforceTool(auth=auth)
    return {
        _OURS: (lambda: ours.ainvoke(_QUERY), _AT_ONCE),
        _BARE: (bare, _AT_ONCE),
        "one httpx2 client": (lambda: on(one2), _AT_ONCE),
        "one httpx client": (lambda: on(one), _AT_ONCE),
        f"{_THEIRS}, only {_THEIRS_AT_ONCE} calls": (lambda: upstream.ainvoke(_QUERY), _THEIRS_AT_ONCE),
    }


def _run_anew(runner: asyncio.Runner, call: Callable[[], Awaitable[Any]], count: int, lags: list[float]) -> float:
    return runner.run(_at_once(call, count, lags))


async def _at_once(call: Callable[[], Awaitable[Any]], count: int, lags: list[float]) -> float:
    """Seconds until ``count`` calls are answered; ``lags`` gets by how much the loop was late meanwhile."""
    beating = asyncio.create_task(_beat(lags))
    started = time.perf_counter()
    answers = await asyncio.gather(*(call() for _ in range(count)))
    taken = time.perf_counter() - started
    beating.cancel()
    assert all(answer["totalSize"] for answer in answers)
    return taken


async def _beat(lags: list[float]) -> None:
    while True:
        started = time.perf_counter()
        await asyncio.sleep(_BEAT)
        lags.append(time.perf_counter() - started - _BEAT)


def _import(effort: Effort) -> list[Row]:
    ours, base, theirs = _IMPORTS
    timers = {name: partial(_milliseconds, statement) for name, statement in _IMPORTS.items()}
    samples = alternate(timers, effort.rounds, 3)
    return [
        Row(f"by {base}", ours, "x", ratio(samples[ours], samples[base]), Goal("≤", 1.10)),
        Row(f"by {base}", theirs, "x", ratio(samples[theirs], samples[base])),
        *(Row("import alone", name, "ms", taken) for name, taken in samples.items()),
    ]


def _milliseconds(statement: str) -> float:
    return float(run_python("-c", _PROGRAM.format(statement))) * 1e3
