"""What can be done on records, each operation as a generator that asks and is answered: no I/O here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from orgkey_records.answers import named_fields, read, read_object
from orgkey_records.descriptions import Description, Descriptions
from orgkey_records.errors import InvalidInput, NotAllowed, Refused
from orgkey_records.inputs import check_input, check_key, check_names, check_statement, check_values
from orgkey_records.literals import bind, escape_search, literal
from orgkey_records.names import check_field, check_id
from orgkey_records.reach import Select, objects_searched, read_select
from orgkey_records.rows import Rows, flat, shortened
from orgkey_records.wire import Ask, path_of

if TYPE_CHECKING:
    from orgkey_records.caps import Caps
    from orgkey_records.guard import Guard
    from orgkey_records.wire import Answer, Flow

__all__ = ["Operations", "Page"]

_SMALLEST_PAGE: Final = 200
_LARGEST_PAGE: Final = 2_000
_SHOWN_FIELDS: Final = 80
_ENTITY: Final = re.compile(r"on (?:entity|sobject of type) '?([A-Za-z]\w*)")
_FROM: Final = re.compile(r"\bFROM\s+([A-Za-z]\w*)", re.IGNORECASE)
_WRONG_FIELD: Final = frozenset({"INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE"})
_NOT_SEEN: Final = "not_visible_to_this_user"


@dataclass(frozen=True, slots=True)
class Page:
    """Some records of a query as Salesforce sent them, and where those are that follow."""

    records: list[dict[str, Any]]
    following: str
    total: int


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations of one user, guarded and bounded."""

    version: str
    guard: Guard
    caps: Caps
    descriptions: Descriptions

    # --- reading ------------------------------------------------------------------------------------------------------

    def soql(
        self,
        query: str,
        values: Mapping[str, Any] | None = None,
        *,
        most: int,
        include_deleted: bool = False,
    ) -> Flow[Rows]:
        """The first ``most`` rows."""
        statement = check_statement(bind(check_input(query), values), "SELECT")
        yield from self._check_query(statement)
        page = yield from self._page(self._first_page(statement, most, include_deleted=include_deleted), statement)
        records, total = page.records[:most], page.total
        while page.following and len(records) < most:
            page = yield from self._page(Ask("GET", page.following), statement)
            records += page.records[: most - len(records)]
        return self._rows([flat(record) for record in records], total)

    def first_page(
        self, query: str, values: Mapping[str, Any] | None = None, *, rows: int, include_deleted: bool = False
    ) -> Flow[Page]:
        """The first page of a query of any length, as it came."""
        statement = check_statement(bind(check_input(query), values), "SELECT")
        yield from self._check_query(statement)
        return (yield from self._page(self._first_page(statement, rows, include_deleted=include_deleted), statement))

    def next_page(self, following: str) -> Flow[Page]:
        """The page at ``following``."""
        return (yield from self._page(Ask("GET", following), ""))

    def sosl(self, search: str) -> Flow[Rows]:
        """What a whole SOSL statement finds; each row says in ``type`` which object it is."""
        statement = check_statement(check_input(search), "FIND")
        if self.guard.objects is not None:
            for name, paths in objects_searched(statement).items():
                yield from self._check_select(Select(name, paths=paths), self.guard.check_object(name))
        answer = yield Ask.of("GET", self._path("search"), {"q": statement})
        try:
            found = read(answer)
        except Refused as error:
            raise (yield from self._explained(error, statement)) from None
        found = found.get("searchRecords", []) if isinstance(found, dict) else found or []
        records = [{"type": row.get("attributes", {}).get("type"), **flat(row)} for row in found]
        return self._rows(records[: self.caps.rows], len(records))

    def search(self, text: str, objects: Mapping[str, Iterable[str]] | Iterable[str]) -> Flow[Rows]:
        """Where ``text`` occurs in ``objects``."""
        if not isinstance(objects, Mapping):
            objects = dict.fromkeys(check_names(objects, "objects"), ("Id", "Name"))
        if not objects:
            raise InvalidInput('Say where to search, such as {"Account": ["Id", "Name"]}.')
        term = escape_search(check_input(text))
        parts = []
        for name, fields in objects.items():
            checked = [check_field(each, path=True) for each in check_names(fields, f"the fields of {name}")] or ["Id"]
            parts.append(f"{self.guard.check_object(name)}({', '.join(checked)})")
        statement = f"FIND {{{term}}} IN ALL FIELDS RETURNING {', '.join(parts)} LIMIT {self.caps.rows}"
        return (yield from self.sosl(statement))

    def describe(self, name: str) -> Flow[Description]:
        """How the object ``name`` looks to this user."""
        checked = self.guard.check_object(name)
        known = self.descriptions.get(checked)
        if known is not None:
            return known
        answer = yield Ask.of("GET", self._path("sobjects", checked, "describe"))
        try:
            description = Description.of(read_object(answer, "name", "fields"))
        except Refused as error:
            raise (yield from self._explained(error, "", checked)) from None
        self.descriptions.keep(description)
        return description

    def list_objects(self, containing: str = "") -> Flow[list[dict[str, str]]]:
        """The objects that this user may query, and the guard permits."""
        wanted = check_input(containing).strip().lower()
        answer = yield Ask.of("GET", self._path("sobjects"))
        found = [
            {"name": each["name"], "label": each["label"]}
            for each in read_object(answer, "sobjects")["sobjects"]
            if each.get("queryable") and self.guard.permits(each["name"])
        ]
        return [each for each in found if wanted in each["name"].lower() or wanted in each["label"].lower()]

    def get(self, name: str, record_id: str, fields: Iterable[str] | None = None) -> Flow[dict[str, Any]]:
        """One record. Of ``fields``, those that this user cannot see are listed in place of a failure."""
        checked, checked_id = self.guard.check_object(name), check_id(record_id)
        description = yield from self.describe(checked)
        wanted = check_names(fields, "fields") if fields is not None else description.field_names
        wanted = [check_field(each, path=True) for each in wanted]
        seen = [each for each in wanted if _is_seen(each, description)]
        hidden = [each for each in wanted if each not in seen]
        if not seen:
            raise InvalidInput(f"None of the fields asked for is there: {_hint(hidden, description)}")
        record = yield from self._one(checked, checked_id, list(dict.fromkeys(seen)))
        (short,), cut = shortened([record], self.caps.text)
        if cut:
            short["notice"] = self._cut_notice(cut)
        return short | ({_NOT_SEEN: hidden} if hidden else {})

    def long_text(self, name: str, record_id: str, field: str, start: Any = 0) -> Flow[dict[str, Any]]:
        """``caps.text`` characters of a long text from ``start`` on, and how long it is."""
        checked, checked_id, wanted = self.guard.check_object(name), check_id(record_id), check_field(field)
        if not isinstance(start, int) or isinstance(start, bool) or start < 0:
            raise InvalidInput(f"start is {start!r:.40}. It takes the number of characters to skip.")
        record = yield from self._one(checked, checked_id, [wanted])
        text = next(iter(record.values()))
        if not isinstance(text, str | None):
            raise InvalidInput(f"{wanted} of {checked} is no text. Use get.")
        text = text or ""
        end = min(start + self.caps.text, len(text))
        return {"text": text[start:end], "start": start, "end": max(start, end), "length": len(text)}

    # --- writing ------------------------------------------------------------------------------------------------------

    def create(self, name: str, values: Mapping[str, Any]) -> Flow[dict[str, Any]]:
        """A new record."""
        checked, body = self._check_write("create", name), self._body(values)
        answer = yield Ask.of("POST", self._path("sobjects", checked), json_body=body)
        try:
            return {"id": read_object(answer, "id")["id"]}
        except Refused as error:
            raise (yield from self._explained(error, "", checked)) from None

    def update(self, name: str, record_id: str, values: Mapping[str, Any]) -> Flow[dict[str, Any]]:
        """Change a record."""
        checked, checked_id, body = self._check_write("update", name), check_id(record_id), self._body(values)
        answer = yield Ask.of("PATCH", self._path("sobjects", checked, checked_id), json_body=body)
        try:
            read(answer)
        except Refused as error:
            raise (yield from self._explained(error, "", checked)) from None
        return {"id": checked_id}

    def upsert(self, name: str, field: str, value: str, values: Mapping[str, Any]) -> Flow[dict[str, Any]]:
        """Change the record whose external id ``field`` is ``value``, or make one."""
        checked, body = self._check_write("upsert", name), self._body(values)
        place = self._path("sobjects", checked, check_field(field), check_key(value))
        answer = yield Ask.of("PATCH", place, json_body=body)
        try:
            saved = read(answer) or {}
        except Refused as error:
            raise (yield from self._explained(error, "", checked)) from None
        # Older API versions answer a change with 204 and no body.
        return {"id": saved.get("id"), "created": bool(saved.get("created", False))}

    def delete(self, name: str, record_id: str) -> Flow[dict[str, Any]]:
        """Delete a record."""
        checked, checked_id = self._check_write("delete", name), check_id(record_id)
        answer = yield Ask.of("DELETE", self._path("sobjects", checked, checked_id))
        read(answer)
        return {"id": checked_id}

    def raw(
        self,
        method: str,
        path: tuple[str, ...],
        parameters: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Flow[Answer]:
        """One call below the API version's own path, answered as it came: refusals too, but no lost session."""
        if self.guard.objects is not None:
            raise NotAllowed(
                "raw calls are not permitted beside an allow-list of objects: nothing checks what they read."
            )
        if method != "GET":
            self.guard.check_write({"POST": "create", "PATCH": "update", "DELETE": "delete"}.get(method, method))
        answer = yield Ask.of(method, self._path(*path), parameters, body)
        if answer.diagnosis is not None or answer.status == HTTPStatus.UNAUTHORIZED:
            read(answer)
        return answer

    # --- what they share ----------------------------------------------------------------------------------------------

    def _path(self, *parts: str) -> str:
        return f"/services/data/v{self.version}{path_of(*parts)}"

    def _first_page(self, statement: str, rows: int, *, include_deleted: bool) -> Ask:
        size = max(_SMALLEST_PAGE, min(rows, _LARGEST_PAGE))
        path = self._path("queryAll" if include_deleted else "query")
        return Ask.of("GET", path, {"q": statement}, headers={"Sforce-Query-Options": f"batchSize={size}"})

    def _page(self, ask: Ask, statement: str) -> Flow[Page]:
        answer = yield ask
        try:
            body = read_object(answer, "records")
        except Refused as error:
            raise (yield from self._explained(error, statement)) from None
        return Page(body["records"], body.get("nextRecordsUrl") or "", body.get("totalSize", 0))

    def _one(self, name: str, record_id: str, fields: list[str]) -> Flow[dict[str, Any]]:
        """One record by a query, which takes parents' fields too; all names are checked."""
        statement = f"SELECT {', '.join(fields)} FROM {name} WHERE Id = {literal(record_id)}"  # noqa: S608  # see above
        yield from self._check_query(statement)
        parameters = {"q": statement}
        answer = yield Ask.of("GET", self._path("query"), parameters)
        try:
            records = read_object(answer, "records")["records"]
        except Refused as error:
            raise (yield from self._explained(error, statement, name)) from None
        if not records:
            raise Refused(f"There is no {name} with the id {record_id} that this user can see.", code="NOT_FOUND")
        return flat(records[0])

    def _rows(self, records: list[dict[str, Any]], total: int) -> Rows:
        notices = []
        if len(records) < total and records:
            notices.append(f"Showing {len(records):,} of {total:,} rows. Narrow the query, or count with COUNT().")
        short, cut = shortened(records, self.caps.text)
        if cut:
            notices.append(self._cut_notice(cut))
        return Rows(short, total, " ".join(notices))

    def _cut_notice(self, cut: list[str]) -> str:
        return f"Cut after {self.caps.text:,} characters: {', '.join(cut)}. long_text reads on."

    def _check_write(self, operation: str, name: str) -> str:
        self.guard.check_write(operation)
        return self.guard.check_object(name)

    def _body(self, values: Mapping[str, Any]) -> dict[str, Any]:
        body = check_values(values)
        size = sum(len(value) for value in body.values() if isinstance(value, str))
        if size > self.caps.bytes:
            raise InvalidInput(f"The data is {size:,} characters long; {self.caps.bytes:,} are permitted.")
        return body

    # --- the allow-list -----------------------------------------------------------------------------------------------

    def _check_query(self, statement: str) -> Flow[None]:
        if self.guard.objects is not None:
            select = read_select(statement)
            yield from self._check_select(select, self.guard.check_object(select.source))

    def _check_select(self, select: Select, name: str) -> Flow[None]:
        """Check what ``select`` reads where its rows are of the object ``name``, which may be read."""
        own = {name.lower(), select.source.lower(), select.alias.lower()}
        for path in select.paths:
            parents = path[1:-1] if path[0].lower() in own else path[:-1]
            yield from self._check_parents(name, parents)
        for child in select.children:
            description = yield from self.describe(name)
            rows_of = description.children.get(child.source.rpartition(".")[2].lower())
            if rows_of is None:
                raise InvalidInput(
                    f"{name} has no child rows named {child.source}; which object they are is not known."
                )
            if not self.guard.permits(rows_of):
                raise self.guard.outside(rows_of, f"the subquery on {child.source}")
            yield from self._check_select(child, rows_of)
        for join in select.joins:
            yield from self._check_select(join, self.guard.check_object(join.source))

    def _check_parents(self, name: str, parents: tuple[str, ...]) -> Flow[None]:
        if not parents:
            return
        description = yield from self.describe(name)
        leads_to = description.parents.get(parents[0].lower())
        if leads_to is None:
            raise InvalidInput(f"{name} has no parent named {parents[0]}; which object that is is not known.")
        for target in leads_to:
            if not self.guard.permits(target):
                raise self.guard.outside(target, f"{parents[0]} of {name}")
            yield from self._check_parents(target, parents[1:])

    # --- errors that help ---------------------------------------------------------------------------------------------

    def _explained(self, error: Refused, statement: str, name: str = "") -> Flow[Exception]:
        """The refusal, with the names that do exist where a name was wrong."""
        if error.code in _WRONG_FIELD:
            found = _ENTITY.search(str(error.content)) or _FROM.search(statement)
            name = name or (found[1] if found else "")
            fields = named_fields(error)
            try:
                description = (yield from self.describe(name)) if name else None
            except (Refused, InvalidInput, NotAllowed):
                description = None
            if description is not None and fields:
                return error.saying(f"{error} {_hint(fields, description)}", fields=fields)
        if error.code in {"INVALID_TYPE", "NOT_FOUND"} and (name or statement):
            found = _FROM.search(statement)
            wrong = name or (found[1] if found else "")
            names = [each["name"] for each in (yield from self.list_objects())]
            if wrong and wrong.lower() not in {each.lower() for each in names}:
                near = get_close_matches(wrong, names, n=5, cutoff=0.5)
                return error.saying(f"{error} There is no object {wrong} for this user. {_near(near, 'list_objects')}")
        return error


def _hint(fields: Iterable[str], description: Description) -> str:
    """Which of ``fields`` are not there for this user, and what is."""
    names = description.field_names
    hidden = [each for each in fields if not _is_seen(each, description)]
    if not hidden:
        return f"{', '.join(fields)} of {description.name} cannot be written by this user."
    near = [match for each in hidden for match in get_close_matches(each, names, n=3, cutoff=0.6)]
    shown = ", ".join(names[:_SHOWN_FIELDS]) + (", ..." if len(names) > _SHOWN_FIELDS else "")
    meant = f" Perhaps {' or '.join(dict.fromkeys(near))} is meant." if near else ""
    missing = f"These fields are not visible to this user, or do not exist on {description.name}: {', '.join(hidden)}."
    return f"{missing}{meant} Visible are: {shown}."


def _near(names: list[str], where: str) -> str:
    return f"Perhaps {' or '.join(names)} is meant." if names else f"See {where}."


def _is_seen(name: str, description: Description) -> bool:
    first, dot, _ = name.partition(".")
    return first.lower() in (description.parents if dot else description.fields)
