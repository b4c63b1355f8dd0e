"""What SalesforceLoader costs beside bare paging, and what memory a million rows take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import httpx2
import psutil
from harness import Effort, Goal, Row, alternate, ratio
from langchain_core.documents import Document
from slow_org import PAGE_ROWS, SlowOrg

import orgkey
from orgkey_langchain import SalesforceLoader

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TITLE", "measure"]

TITLE: Final = "LangChain's Salesforce loader"

_LATENCY: Final = 0.1
_PAGES: Final = 20
_MILLION: Final = 1_000_000
_FIELDS: Final = ("Name", "Email", "Description")
_QUERY: Final = "SELECT Id, SystemModstamp, Name, Email, Description FROM Contact WHERE Name != 'MANY'"


def measure(effort: Effort) -> list[Row]:
    """Rows a second as a share of the bare ones; how far the process grows over a million rows."""
    with SlowOrg() as org:
        auth = orgkey.connect(login_url=org.url, client_id="bench", client_secret="invented", allow_loopback_http=True)  # noqa: S106  # invented
        loader = SalesforceLoader("Contact", _FIELDS, session=auth, where="Name != 'MANY'")
        org.answers(after=_LATENCY, pages=_PAGES)
        late = alternate(
            {"ours": lambda: _rate(loader.lazy_load()), "bare": lambda: _rate(_bare_rows(org.url))}, effort.rounds
        )
        org.answers(pages=_PAGES * 2)
        at_once = alternate(
            {"ours": lambda: _rate(loader.lazy_load()), "bare": lambda: _rate(_bare_documents(org.url))}, effort.rounds
        )
        org.answers(pages=_MILLION // PAGE_ROWS if effort.rounds > 3 else 50)
        growth = _growth(loader)
    paging, building = f"rows a second, {_LATENCY * 1e3:.0f} ms a page", "rows a second, no latency"
    return [
        Row(f"{paging}, by bare paging", "orgkey-langchain", "x", ratio(late["ours"], late["bare"]), Goal("≥", 0.9)),
        Row(
            f"{building}, by a bare loop that builds the same documents",
            "orgkey-langchain",
            "x",
            ratio(at_once["ours"], at_once["bare"]),
            Goal("≥", 0.9),
        ),
        Row("growth of the process over 1,000,000 rows", "orgkey-langchain", "MiB", (growth,), Goal("<", 50)),
        Row(paging, "orgkey-langchain", "/s", late["ours"]),
        Row(paging, "bare paging, no documents", "/s", late["bare"]),
        Row(building, "orgkey-langchain", "/s", at_once["ours"]),
        Row(building, "a bare loop that builds the same documents", "/s", at_once["bare"]),
    ]


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
        place = f"{url}/{row['Id']}"
        yield Document(
            page_content="\n".join([f"{name}: {row[name]}" for name in _FIELDS if row[name] is not None]),
            id=row["Id"],
            metadata={
                "Id": row["Id"],
                "object": "Contact",
                "url": place,
                "SystemModstamp": row["SystemModstamp"],
                "source": place,
            },
        )


def _growth(loader: SalesforceLoader) -> float:
    """MiB that the process is larger at its largest than after its first pages."""
    process, first, most = psutil.Process(), 0, 0
    for number, _ in enumerate(loader.lazy_load(), start=1):
        if number % 20_000 == 0:
            resident = process.memory_info().rss
            first, most = first or resident, max(most, resident)
    return (most - first) / 2**20
