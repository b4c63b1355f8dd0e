"""An org's REST API in a process of its own that answers as late as it is told to, and has as many rows as asked for.

It is raw asyncio and makes its pages once, so that what is measured is the client.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["PAGE_ROWS", "SlowOrg"]

PAGE_ROWS: Final = 2_000

_CONTEXT: Final = multiprocessing.get_context("spawn")
_ORG_ID: Final = "00D000000000001AAA"
_BACKLOG: Final = 4_096
_STARTING: Final = 30.0
_MORE: Final = "/services/data/v60.0/query/01g000000000001AAA-"


class SlowOrg:
    """The org, while the ``with`` block lasts.

    A query with ``MANY`` in its text is answered with pages of 2,000 rows, ``pages`` in all; any other with one row.
    """

    def __init__(self) -> None:
        self._port = _CONTEXT.Value("i", 0)
        self._delay = _CONTEXT.Value("d", 0.0)
        self._pages = _CONTEXT.Value("i", 1)
        self._listening = _CONTEXT.Event()
        self._process = _CONTEXT.Process(
            target=_serve, args=(self._port, self._delay, self._pages, self._listening), daemon=True
        )

    def __enter__(self) -> Self:
        self._process.start()
        if not self._listening.wait(_STARTING):
            self.__exit__(None, None, None)
            msg = f"The org did not listen within {_STARTING:g} s."
            raise TimeoutError(msg)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def url(self) -> str:
        """Login and instance URL: an http address of this machine."""
        return f"http://127.0.0.1:{self._port.value}"

    def answers(self, *, after: float = 0.0, pages: int = 1) -> None:
        """From now on answer ``after`` seconds, and many rows as ``pages`` pages."""
        self._delay.value, self._pages.value = after, pages


def _serve(port: Any, delay: Any, pages: Any, listening: Any) -> None:
    asyncio.run(_Api(port, delay, pages).listen(listening))


class _Api:
    def __init__(self, port: Any, delay: Any, pages: Any) -> None:
        self._port, self._delay, self._pages = port, delay, pages
        self._rows = json.dumps([_row(number) for number in range(PAGE_ROWS)], separators=(",", ":")).encode()
        self._one = json.dumps({"totalSize": 1, "done": True, "records": [_row(1)]}).encode()
        self._description = json.dumps(
            {"name": "Contact", "label": "Contact", "queryable": True, "fields": _FIELDS}
        ).encode()

    async def listen(self, listening: Any) -> None:
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0, backlog=_BACKLOG)
        self._port.value = server.sockets[0].getsockname()[1]
        listening.set()
        await server.serve_forever()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = self._answer(head)
                await self._skip_body(head, reader)
                if self._delay.value and not head.startswith(b"POST"):
                    await asyncio.sleep(self._delay.value)
                length = str(len(body)).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length + b"\r\n\r\n"
                )
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    @staticmethod
    async def _skip_body(head: bytes, reader: asyncio.StreamReader) -> None:
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                await reader.readexactly(int(line.split(b":")[1]))

    def _answer(self, head: bytes) -> bytes:
        line = head.split(b"\r\n", 1)[0].decode()
        if line.startswith("POST"):
            return json.dumps(_token(f"http://127.0.0.1:{self._port.value}")).encode()
        if "/describe" in line:
            return self._description
        if _MORE in line:
            return self._page(int(line.split(_MORE)[1].split(" ")[0]))
        return self._page(1) if "MANY" in line else self._one

    def _page(self, number: int) -> bytes:
        head: dict[str, Any] = {"totalSize": self._pages.value * PAGE_ROWS, "done": number >= self._pages.value}
        if not head["done"]:
            head["nextRecordsUrl"] = f"{_MORE}{number + 1}"
        return json.dumps(head)[:-1].encode() + b',"records":' + self._rows + b"}"


def _row(number: int) -> dict[str, Any]:
    return {
        "attributes": {"type": "Contact", "url": f"/services/data/v60.0/sobjects/Contact/003{number:012}AAA"},
        "Id": f"003{number:012}AAA",
        "SystemModstamp": "2026-01-02T03:04:05.000+0000",
        "Name": f"Ana Hara {number}",
        "Email": f"ana.hara.{number}@example.com",
        "Description": "Called about the invoice and asked for a second copy of it. " * 4,
    }


_FIELDS: Final = [
    {"name": name, "label": name, "type": kind, "length": length}
    for name, kind, length in (
        ("Id", "id", 18),
        ("SystemModstamp", "datetime", 0),
        ("Name", "string", 121),
        ("Email", "email", 80),
        ("Description", "textarea", 32_000),
    )
]


def _token(url: str) -> dict[str, str]:
    return {
        "access_token": f"{_ORG_ID[:15]}!{'bench':x>96}",
        "instance_url": url,
        "id": f"{url}/id/{_ORG_ID}/005000000000001AAA",
        "token_type": "Bearer",
        "issued_at": "1800000000000",
        "scope": "api",
    }
