"""What SalesforceReader costs beside bare paging, what memory a million rows take, and the import line."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpx2
import psutil
from harness import Effort, Goal, Row, alternate, ratio, run_python
from llama_index.core.schema import Document
from slow_org import PAGE_ROWS, SlowOrg

import orgkey
from orgkey_llama_index import SalesforceReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["TITLE", "measure"]

TITLE: Final = "LlamaIndex's Salesforce reader"

_LATENCY: Final = 0.1
_PAGES: Final = 10
_MILLION: Final = 1_000_000
_FIELDS: Final = ("Name", "Email", "Description")
_QUERY: Final = "SELECT Id, SystemModstamp, Name, Email, Description FROM Contact WHERE Name != 'MANY'"
_WHERE: Final = _QUERY.partition(" WHERE ")[2]
_FOR_MACHINES: Final = ["url", "SystemModstamp"]
_LINES: Final = {
    "from orgkey_llama_index import SalesforceToolSpec": "from orgkey_llama_index import SalesforceToolSpec",
    "import llama_index.core.tools": "import llama_index.core.tools",
    "from llama_index.tools.salesforce import SalesforceToolSpec": (
        "from llama_index.tools.salesforce import SalesforceToolSpec"
    ),
}
_PROGRAM: Final = "import time\nstarted = time.perf_counter()\n{}\nprint(time.perf_counter() - started)"
_TAKES: Final = 3


def measure(effort: Effort) -> list[Row]:
    """Rows a second as a share of the bare ones; how far the process grows over a million rows; the import's ratio."""
    with SlowOrg() as org:
        auth = orgkey.connect(login_url=org.url, client_id="bench", client_secret="invented", allow_loopback_http=True)  # noqa: S106  # invented
        reader = SalesforceReader(session=auth, objects=["Contact"], content=list(_FIELDS), where=_WHERE)
        org.answers(after=_LATENCY, pages=_PAGES)
        late = _rates(reader, lambda: _bare_rows(org.url), effort)
        org.answers(pages=_PAGES)
        at_once = _rates(reader, lambda: _bare_documents(org.url), effort)
        org.answers(pages=_MILLION // PAGE_ROWS if effort.rounds > 3 else 20)
        growth = _growth(reader)
    paging, building = f"rows a second, {_LATENCY * 1e3:.0f} ms a page", "rows a second, no latency"
    same = "a bare loop that builds the same documents"
    ours = "orgkey-llama-index"
    return [
        Row(f"{paging}, by bare paging", ours, "x", ratio(late["ours"], late["bare"]), Goal("≥", 0.9)),
        Row(f"{building}, by {same}", ours, "x", ratio(at_once["ours"], at_once["bare"]), Goal("≥", 0.9)),
        Row("growth of the process over 1,000,000 rows", ours, "MiB", (growth,), Goal("<", 50)),
        Row(paging, ours, "/s", late["ours"]),
        Row(paging, "bare paging, no documents", "/s", late["bare"]),
        Row(building, ours, "/s", at_once["ours"]),
        Row(building, same, "/s", at_once["bare"]),
        *_import(effort),
    ]


def _rates(reader: SalesforceReader, bare: Callable[[], Iterator[Any]], effort: Effort) -> dict[str, tuple[float, ...]]:
    """Rows a second, the best of each round's takes: a take of a second says as much of the machine."""
    cases = {"ours": lambda: 1 / _rate(reader.lazy_load_data()), "bare": lambda: 1 / _rate(bare())}
    seconds_a_row = alternate(cases, effort.rounds, _TAKES)
    return {name: tuple(1 / seconds for seconds in samples) for name, samples in seconds_a_row.items()}


def _import(effort: Effort) -> list[Row]:
    timers = {name: partial(_milliseconds, _PROGRAM.format(line)) for name, line in _LINES.items()}
    samples = alternate(timers, effort.rounds, _TAKES)
    ours, bare, _ = _LINES
    return [
        Row(f"import, by {bare}", ours, "x", ratio(samples[ours], samples[bare]), Goal("≤", 1.1)),
        *(Row("import alone", name, "ms", taken) for name, taken in samples.items()),
    ]


def _milliseconds(program: str) -> float:
    return float(run_python("-c", program)) * 1e3


def _rate(items: Iterator[Any]) -> float:
    started = time.perf_counter()
    count = sum(1 for _ in items)
    assert count % PAGE_ROWS == 0
    return count / (time.perf_counter() - started)


def _bare_rows(url: str) -> Iterator[dict[str, Any]]:
    """One page after the other, as everybody writes it."""
    with httpx2.Client(base_url=url, timeout=60) as client:
        page = client.get("/services/data/v60.0/query", params={"q": _QUERY}).json()
        yield from page["records"]
        while not page["done"]:
            page = client.get(page["nextRecordsUrl"]).json()
            yield from page["records"]


def _bare_documents(url: str) -> Iterator[Document]:
    for row in _bare_rows(url):
        yield Document(
            text="\n".join([f"{name}: {row[name]}" for name in _FIELDS if row[name] is not None]),
            id_=row["Id"],
            metadata={
                "Id": row["Id"],
                "object": "Contact",
                "url": f"{url}/{row['Id']}",
                "SystemModstamp": row["SystemModstamp"],
            },
            excluded_llm_metadata_keys=_FOR_MACHINES,
            excluded_embed_metadata_keys=_FOR_MACHINES,
        )


def _growth(reader: SalesforceReader) -> float:
    """MiB that the process is larger at its largest than after its first pages."""
    process, first, most = psutil.Process(), 0, 0
    for number, _ in enumerate(reader.lazy_load_data(), start=1):
        if number % 10_000 == 0:
            resident = process.memory_info().rss
            first, most = first or resident, max(most, resident)
    return (most - first) / 2**20
