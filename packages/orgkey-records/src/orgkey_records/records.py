"""The two faces of the operations: Records for threads, AsyncRecords for tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import orgkey
from orgkey_records.caps import Caps
from orgkey_records.descriptions import Descriptions
from orgkey_records.errors import InvalidInput
from orgkey_records.guard import Guard
from orgkey_records.operations import Operations
from orgkey_records.rows import flat

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping

    from orgkey_records.operations import Page
    from orgkey_records.rows import Rows
    from orgkey_records.wire import Answer, Flow

__all__ = ["API_VERSION", "AsyncRecords", "Records"]

T = TypeVar("T")

API_VERSION: Final = "60.0"
_DESCRIBE_SECONDS: Final = 300.0


class _Face:
    """What both faces are made of."""

    def __init__(
        self,
        session: orgkey.OrgSession | None = None,
        *,
        allow: Iterable[str] = (),
        objects: Iterable[str] | None = None,
        caps: Caps | None = None,
        version: str = API_VERSION,
        describe_seconds: float = _DESCRIBE_SECONDS,
        clock: orgkey.Clock | None = None,
    ) -> None:
        self.session = orgkey.connect() if session is None else session
        self._clock = orgkey.SYSTEM_CLOCK if clock is None else clock
        self._describe_seconds = describe_seconds
        guard = Guard.of(allow, objects)
        self.operations = Operations(version, guard, caps or Caps(), self._descriptions())

    @property
    def allow(self) -> frozenset[str]:
        """The writes that are permitted."""
        return self.operations.guard.allow

    @property
    def caps(self) -> Caps:
        """The limits of every operation."""
        return self.operations.caps

    def as_user(self, username: str) -> Self:
        """The same operations and guards as another person of the org, with what he may see and do (JWT Bearer)."""
        mine = self.operations
        operations = Operations(mine.version, mine.guard, mine.caps, self._descriptions())
        return self._with(type(self), self.session.as_user(username), operations)

    def _descriptions(self) -> Descriptions:
        return Descriptions(self._clock, self._describe_seconds)

    def _with(self, kind: type[FaceT], session: orgkey.OrgSession, operations: Operations) -> FaceT:
        other = object.__new__(kind)
        other.session, other.operations = session, operations
        other._clock, other._describe_seconds = self._clock, self._describe_seconds  # of our own kind
        return other

    def _most(self, max_rows: Any) -> int:
        if max_rows is None:
            return self.caps.rows
        if not isinstance(max_rows, int) or isinstance(max_rows, bool) or max_rows < 1:
            raise InvalidInput(f"max_rows is {max_rows!r:.40}; it takes a number from 1 to {self.caps.rows}.")
        return min(max_rows, self.caps.rows)

    # --- what frameworks do with objects ------------------------------------------------------------------------------

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as the session does: as the reference that it was configured by, or not at all."""
        mine = self.operations
        settings = {
            "allow": mine.guard.allow,
            "objects": None if mine.guard.objects is None else mine.guard.listed(),
            "caps": mine.caps,
            "version": mine.version,
            "describe_seconds": self._describe_seconds,
        }
        return _rebuild, (type(self), self.session, settings)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.session!r}>"


FaceT = TypeVar("FaceT", bound=_Face)


def _rebuild(kind: type[_Face], session: orgkey.OrgSession, settings: dict[str, Any]) -> _Face:
    return kind(session, **settings)


class Records(_Face):
    """What can be done on an org's records, guarded and bounded. Safe for threads.

    Parameters
    ----------
    session:
        Whose records; :func:`orgkey.connect` without it.
    allow:
        The writes that are permitted: of ``create``, ``update``, ``upsert``, ``delete``. None are by default.
    objects:
        The objects that are permitted; all by default.
    caps:
        How much an operation may bring back, and how long it may take.
    version:
        API version.
    describe_seconds:
        How long a description of an object is remembered.
    clock:
        Time, for tests.

    Every operation raises :class:`~orgkey_records.RecordsError` for what a model can act on, and
    :class:`~orgkey_records.AccessFailed` or :class:`orgkey.TokenRequestError`, with a diagnosis, for what it cannot.
    """

    @property
    def twin(self) -> AsyncRecords:
        """The same for tasks: same session, guards, caps and remembered descriptions."""
        return self._with(AsyncRecords, self.session, self.operations)

    def soql(
        self,
        query: str,
        values: Mapping[str, Any] | None = None,
        *,
        max_rows: int | None = None,
        include_deleted: bool = False,
    ) -> Rows:
        """The first rows of a query, with each ``:name`` in it replaced by the literal of ``values[name]``."""
        flow = self.operations.soql(query, values, most=self._most(max_rows), include_deleted=include_deleted)
        return self.run(flow)

    def query_all(self, query: str, values: Mapping[str, Any] | None = None, *, include_deleted: bool = False) -> Rows:
        """All rows of a query, up to ``caps.all_rows``."""
        flow = self.operations.soql(query, values, most=self.caps.all_rows, include_deleted=include_deleted)
        return self.run(flow)

    def sosl(self, search: str) -> Rows:
        """What a SOSL statement finds."""
        return self.run(self.operations.sosl(search))

    def search(self, text: str, objects: Mapping[str, Iterable[str]] | Iterable[str]) -> Rows:
        """Where ``text`` occurs: ``search("ACME", {"Account": ["Id", "Name"]})``."""
        return self.run(self.operations.search(text, objects))

    def describe(self, object_name: str) -> dict[str, Any]:
        """The fields of an object that this user sees, with types and picklist values."""
        return self.run(self.operations.describe(object_name)).as_dict()

    def list_objects(self, containing: str = "") -> list[dict[str, str]]:
        """Names and labels of the objects that may be queried; those with ``containing`` in either."""
        return self.run(self.operations.list_objects(containing))

    def get(self, object_name: str, record_id: str, fields: Iterable[str] | None = None) -> dict[str, Any]:
        """One record; ``not_visible_to_this_user`` lists what of ``fields`` cannot be seen."""
        return self.run(self.operations.get(object_name, record_id, fields))

    def long_text(self, object_name: str, record_id: str, field: str, *, start: int = 0) -> dict[str, Any]:
        """``caps.text`` characters of a long text field from ``start`` on: ``text``, ``start``, ``end``, ``length``."""
        return self.run(self.operations.long_text(object_name, record_id, field, start))

    def create(self, object_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Make a record; ``{"id": ...}``."""
        return self.run(self.operations.create(object_name, values))

    def update(self, object_name: str, record_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change a record; ``{"id": ...}``."""
        return self.run(self.operations.update(object_name, record_id, values))

    def upsert(self, object_name: str, field: str, value: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change the record whose external id ``field`` is ``value``, or make one; ``{"id": ..., "created": ...}``."""
        return self.run(self.operations.upsert(object_name, field, value, values))

    def delete(self, object_name: str, record_id: str) -> dict[str, Any]:
        """Delete a record; ``{"id": ...}``."""
        return self.run(self.operations.delete(object_name, record_id))

    def raw(self, method: str, *path: str, parameters: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        """One REST call, answered as Salesforce does: ``raw("GET", "sobjects", "Account", "describe")``."""
        return self.run(self.operations.raw(method, path, parameters, body))

    def pages(
        self,
        query: str,
        values: Mapping[str, Any] | None = None,
        *,
        include_deleted: bool = False,
        page_rows: int = 2_000,
    ) -> Iterator[list[dict[str, Any]]]:
        """All rows of a query, page by page, flat. While one page is used the next one is fetched."""
        pages = self.raw_pages(query, values, include_deleted=include_deleted, page_rows=page_rows)
        return ([flat(record) for record in page.records] for page in pages)

    def raw_pages(
        self,
        query: str,
        values: Mapping[str, Any] | None = None,
        *,
        include_deleted: bool = False,
        page_rows: int = 2_000,
    ) -> Iterator[Page]:
        """As :meth:`pages`, with the records as Salesforce sends them."""
        from concurrent.futures import ThreadPoolExecutor

        first = self.operations.first_page(query, values, rows=page_rows, include_deleted=include_deleted)
        page: Page | None = self.run(first)
        with ThreadPoolExecutor(1, "orgkey-records-pages") as ahead:
            while page is not None:
                coming = ahead.submit(self.run, self.operations.next_page(page.following)) if page.following else None
                yield page
                page = coming.result() if coming else None

    def run(self, flow: Flow[T]) -> T:
        """Carry an operation out."""
        from orgkey_records.drivers import drive

        return drive(flow, self.session, self.caps, self._clock)


class AsyncRecords(_Face):
    """As :class:`Records`, for tasks: async to the socket. One object serves any number of event loops."""

    @property
    def twin(self) -> Records:
        """The same for threads: same session, guards, caps and remembered descriptions."""
        return self._with(Records, self.session, self.operations)

    async def soql(
        self,
        query: str,
        values: Mapping[str, Any] | None = None,
        *,
        max_rows: int | None = None,
        include_deleted: bool = False,
    ) -> Rows:
        """The first rows of a query, with each ``:name`` in it replaced by the literal of ``values[name]``."""
        flow = self.operations.soql(query, values, most=self._most(max_rows), include_deleted=include_deleted)
        return await self.run(flow)

    async def query_all(
        self, query: str, values: Mapping[str, Any] | None = None, *, include_deleted: bool = False
    ) -> Rows:
        """All rows of a query, up to ``caps.all_rows``."""
        flow = self.operations.soql(query, values, most=self.caps.all_rows, include_deleted=include_deleted)
        return await self.run(flow)

    async def sosl(self, search: str) -> Rows:
        """What a SOSL statement finds."""
        return await self.run(self.operations.sosl(search))

    async def search(self, text: str, objects: Mapping[str, Iterable[str]] | Iterable[str]) -> Rows:
        """Where ``text`` occurs: ``search("ACME", {"Account": ["Id", "Name"]})``."""
        return await self.run(self.operations.search(text, objects))

    async def describe(self, object_name: str) -> dict[str, Any]:
        """The fields of an object that this user sees, with types and picklist values."""
        return (await self.run(self.operations.describe(object_name))).as_dict()

    async def list_objects(self, containing: str = "") -> list[dict[str, str]]:
        """Names and labels of the objects that may be queried; those with ``containing`` in either."""
        return await self.run(self.operations.list_objects(containing))

    async def get(self, object_name: str, record_id: str, fields: Iterable[str] | None = None) -> dict[str, Any]:
        """One record; ``not_visible_to_this_user`` lists what of ``fields`` cannot be seen."""
        return await self.run(self.operations.get(object_name, record_id, fields))

    async def long_text(self, object_name: str, record_id: str, field: str, *, start: int = 0) -> dict[str, Any]:
        """``caps.text`` characters of a long text field from ``start`` on: ``text``, ``start``, ``end``, ``length``."""
        return await self.run(self.operations.long_text(object_name, record_id, field, start))

    async def create(self, object_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Make a record; ``{"id": ...}``."""
        return await self.run(self.operations.create(object_name, values))

    async def update(self, object_name: str, record_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change a record; ``{"id": ...}``."""
        return await self.run(self.operations.update(object_name, record_id, values))

    async def upsert(self, object_name: str, field: str, value: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change the record whose external id ``field`` is ``value``, or make one; ``{"id": ..., "created": ...}``."""
        return await self.run(self.operations.upsert(object_name, field, value, values))

    async def delete(self, object_name: str, record_id: str) -> dict[str, Any]:
        """Delete a record; ``{"id": ...}``."""
        return await self.run(self.operations.delete(object_name, record_id))

    async def raw(
        self, method: str, *path: str, parameters: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        """One REST call, answered as Salesforce does, refusals too."""
        return await self.run(self.operations.raw(method, path, parameters, body))

    async def pages(
        self,
        query: str,
        values: Mapping[str, Any] | None = None,
        *,
        include_deleted: bool = False,
        page_rows: int = 2_000,
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """All rows of a query, page by page, flat. While one page is used the next one is fetched."""
        from contextlib import aclosing

        pages = self.raw_pages(query, values, include_deleted=include_deleted, page_rows=page_rows)
        async with aclosing(pages):
            async for page in pages:
                yield [flat(record) for record in page.records]

    async def raw_pages(
        self,
        query: str,
        values: Mapping[str, Any] | None = None,
        *,
        include_deleted: bool = False,
        page_rows: int = 2_000,
    ) -> AsyncGenerator[Page]:
        """As :meth:`pages`, with the records as Salesforce sends them."""
        from asyncio import create_task, gather

        first = self.operations.first_page(query, values, rows=page_rows, include_deleted=include_deleted)
        page: Page | None = await self.run(first)
        while page is not None:
            following = page.following
            coming = create_task(self.run(self.operations.next_page(following))) if following else None
            try:
                yield page
                page = await coming if coming else None
            finally:
                if coming is not None and not coming.done():
                    # Left in the middle: the call under way ends here, not in some later clean-up of the loop.
                    coming.cancel()
                    await gather(coming, return_exceptions=True)

    async def run(self, flow: Flow[T]) -> T:
        """Carry an operation out."""
        from orgkey_records.drivers import adrive

        return await adrive(flow, self.session, self.caps, self._clock)
