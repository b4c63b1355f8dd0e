"""SOSL: which records contain the words of a search.

A word matches anywhere in a field, ``*`` and ``?`` are wildcards, words are joined by AND unless OR stands between
them, and a quoted phrase is one word. Salesforce's ranking, stemming and spelling correction are not simulated.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orgkey_sim.data.errors import ApiError
from orgkey_sim.data.query import DEFAULT_VERSION, Queries, Record
from orgkey_sim.data.soql.parser import parse_search
from orgkey_sim.data.soql.syntax import Path, Query, SelectItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgkey_sim.data.schema import Field, Schema, SObject

__all__ = ["search"]

_MAX_RECORDS: Final = 2000
_SHORTEST: Final = 2
_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|((?:[^\s"\\]|\\.)+)')
_SCOPES: Final = {"NAME": {"string", "combobox"}, "EMAIL": {"email"}, "PHONE": {"phone"}}
_Word = tuple[str, bool]


def search(text: str, schema: Schema, queries: Queries, version: str = DEFAULT_VERSION) -> list[Record]:
    """The records that a FIND statement finds, object by object in the order it names them.

    Raises
    ------
    ApiError
        MALFORMED_SEARCH, or what a query of the returned fields would be refused with.
    """
    statement = parse_search(text)
    alternatives = _words(statement.term)
    limit = min(_MAX_RECORDS, _MAX_RECORDS if statement.limit is None else statement.limit)
    found: list[Record] = []
    for query in statement.returning or _everything(schema):
        sobject = schema.get(query.source)
        wanted = query if query.select else replace(query, select=(SelectItem(Path(("Id",), 0), None),))
        plan = queries.compile_parsed(wanted, text)
        if sobject is None or len(found) >= limit:
            continue
        condition, parameters = _condition(plan.alias, _fields(sobject, statement.scope), alternatives)
        matches = queries.run(plan.narrowed(condition, parameters), version=version)
        found += matches.records[: limit - len(found)]
    return found


def _everything(schema: Schema) -> Iterable[Query]:
    select = (SelectItem(Path(("Id",), 0), None),)
    return (Query(select, each.name, 0) for each in schema if each.searchable)


def _words(term: str) -> list[list[_Word]]:
    """Alternatives of words that all must match; the flag says a word must not."""
    alternatives: list[list[_Word]] = [[]]
    negated = False
    for phrase, plain in _TOKEN.findall(term.replace("(", " ").replace(")", " ")):
        if plain in {"AND", "OR", "NOT"}:
            negated = plain == "NOT"
            if plain == "OR":
                alternatives.append([])
            continue
        alternatives[-1].append((re.sub(r"\\(.)", r"\1", phrase or plain, flags=re.DOTALL), negated))
        negated = False
    every = [word for each in alternatives for word, _ in each]
    if not every or any(len(word.strip("*?")) < _SHORTEST for word in every):
        raise ApiError(400, "MALFORMED_SEARCH", "search term must be longer than one character")
    return [each for each in alternatives if each]


def _fields(sobject: SObject, scope: str) -> list[Field]:
    if scope == "NAME":
        named = sobject.field(sobject.name_field)
        return [named] if named else []
    types = _SCOPES.get(scope)
    return [each for each in sobject.fields.values() if each.kind.textual and (types is None or each.type in types)]


def _condition(alias: str, fields: list[Field], alternatives: list[list[_Word]]) -> tuple[str, list[object]]:
    if not fields:
        return "0", []
    parameters: list[object] = []
    anywhere = " OR ".join(f"ifnull({alias}.\"{field.name}\" LIKE ? ESCAPE '\\', 0)" for field in fields)
    either = []
    for words in alternatives:
        every = []
        for word, negated in words:
            parameters += [_pattern(word)] * len(fields)
            every.append(f"{'NOT ' if negated else ''}({anywhere})")
        either.append("(" + " AND ".join(every) + ")")
    return "(" + " OR ".join(either) + ")", parameters


def _pattern(word: str) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", word)
    return f"%{escaped.replace('*', '%').replace('?', '_')}%"
