"""The catalogue of causes: data in ``catalogue.toml``, read and checked on the first failure."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from orgkey.causes import Cause, Permanence, Who
from orgkey.diagnosis.evidence import GRANTS, SURFACES
from orgkey.diagnosis.rules import HOST_KINDS, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Catalogue", "CatalogueError", "cause", "causes", "load", "parse"]

_WIRE_CONDITIONS: Final = frozenset({"error", "description", "status"})
_CONDITIONS: Final = _WIRE_CONDITIONS | {"surface", "grant", "host", "token_format", "min_clock_skew", "rank"}
_FIELDS: Final = frozenset(field.name for field in fields(Cause))
_CONFIDENCE: Final = frozenset({"official", "observed", "inferred"})
_ID: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")


class CatalogueError(ValueError):
    """The catalogue is broken; the message names the cause and the field."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All causes by id, and the rules that recognise them, both in the order of the file."""

    causes: Mapping[str, Cause]
    rules: tuple[Rule, ...]


@cache
def load() -> Catalogue:
    """The packaged catalogue, read once."""
    return parse(files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8"))


def cause(cause_id: str) -> Cause:
    """The cause of that id. Raises :class:`KeyError` for an id that the catalogue does not have."""
    return load().causes[cause_id]


def causes() -> tuple[Cause, ...]:
    """All causes of the catalogue."""
    return tuple(load().causes.values())


def parse(text: str) -> Catalogue:
    """The catalogue in ``text`` (TOML). Raises :class:`CatalogueError` unless every row is complete and known."""
    found: dict[str, Cause] = {}
    rules: list[Rule] = []
    for row in tomllib.loads(text)["cause"]:
        where = str(row.get("id", "a cause without id"))
        matches = row.pop("match", [])
        read = _cause(where, row)
        if read.id in found:
            raise CatalogueError(f"{where}: the id is used twice")
        found[read.id] = read
        rules += [_rule(where, match) for match in matches]
    if "UNKNOWN" not in found:
        raise CatalogueError("UNKNOWN: the cause of everything unrecognised is missing")
    return Catalogue(found, tuple(rules))


def _cause(where: str, row: dict[str, Any]) -> Cause:
    _expect(where, "fields", set(row) == _FIELDS, f"needs exactly {', '.join(sorted(_FIELDS))}")
    _expect(where, "id", _ID.fullmatch(where), "is not in capitals")
    empty = sorted(name for name, value in row.items() if not value)
    _expect(where, "fields", not empty, f"{', '.join(empty)} must not be empty")
    _expect(where, "confidence", row["confidence"] in _CONFIDENCE, f"is none of {', '.join(sorted(_CONFIDENCE))}")
    try:
        return Cause(
            **row
            | {"permanence": Permanence(row["permanence"]), "who": Who(row["who"]), "remedy": tuple(row["remedy"])}
        )
    except ValueError as error:
        raise CatalogueError(f"{where}: {error}") from error


def _rule(where: str, match: dict[str, Any]) -> Rule:
    _expect(where, "match", set(match) <= _CONDITIONS, f"has an unknown key among {', '.join(match)}")
    _expect(where, "match", _WIRE_CONDITIONS & set(match), "has no condition on the wire")
    _expect(where, "host", match.get("host", "generic") in HOST_KINDS, f"is none of {', '.join(HOST_KINDS)}")
    surfaces, grants = _names(match, "surface"), _names(match, "grant")
    _expect(where, "surface", surfaces <= SURFACES, f"is none of {', '.join(sorted(SURFACES))}")
    _expect(where, "grant", grants <= GRANTS, f"is none of {', '.join(sorted(GRANTS))}")
    return Rule(
        cause_id=where,
        rank=match.get("rank", 0),
        surfaces=surfaces,
        errors=frozenset(name.lower() for name in _names(match, "error")),
        grants=grants,
        description=_pattern(where, match.get("description")),
        status=_pattern(where, match.get("status")),
        host=match.get("host", ""),
        token_format=match.get("token_format", ""),
        min_clock_skew=match.get("min_clock_skew"),
    )


def _names(match: dict[str, Any], key: str) -> frozenset[str]:
    value = match.get(key, [])
    return frozenset([value] if isinstance(value, str) else value)


def _pattern(where: str, text: str | None) -> re.Pattern[str] | None:
    if text is None:
        return None
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise CatalogueError(f"{where}: the pattern {text!r} cannot be read: {error}") from error


def _expect(where: str, field: str, holds: object, problem: str) -> None:
    if not holds:
        raise CatalogueError(f"{where}: {field} {problem}")
