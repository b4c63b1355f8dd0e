"""Values in queries: each becomes an escaped literal, so that no value can become a part of the statement."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from orgkey_records.errors import InvalidInput

__all__ = ["bind", "check_text", "escape_search", "literal"]

# "Quoted String Escape Sequences" in the SOQL and SOSL Reference.
_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
_RESERVED_IN_SEARCH: Final = re.compile(r"""([?&|!{}\[\]()^~*:\\"'+-])""")
_SHORTEST_WORD: Final = 2  # "SOSL Syntax": a term is longer than one character
# A quoted text, in which nothing is bound; or a name to bind. Times such as T10:15:00 have no letter after the colon.
_PLACES: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|:(?P<name>[A-Za-z_][A-Za-z0-9_]*)""", re.DOTALL)


def bind(statement: str, values: Mapping[str, Any] | None) -> str:
    """``statement`` with each ``:name`` replaced by the literal of ``values[name]``.

    Raises :class:`InvalidInput` for a name without a value, a value without a name, and a value that SOQL has no
    literal for.
    """
    if values is None:
        return statement
    if not isinstance(values, Mapping):
        raise InvalidInput(f"values is a {type(values).__name__}. It takes a mapping from names to values.")
    used: set[str] = set()

    def place(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return match[0]
        if name not in values:
            raise InvalidInput(f"The query asks for :{name}, and values has only {sorted(map(str, values))}.")
        used.add(name)
        return literal(values[name])

    bound = _PLACES.sub(place, statement)
    if unused := sorted(str(name) for name in values if name not in used):
        raise InvalidInput(f"values has {unused}, which the query does not ask for. Write :{unused[0]} in it.")
    return bound


def literal(value: Any) -> str:
    """``value`` as SOQL writes it: text quoted and escaped, a list in parentheses, moments in UTC.

    Raises :class:`InvalidInput` for what SOQL has no literal for.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{check_text(value, 'A value').translate(_ESCAPES)}'"
    if isinstance(value, int) or (isinstance(value, (float, Decimal)) and math.isfinite(value)):
        return format(value, "f") if isinstance(value, (float, Decimal)) else str(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Collection) and not isinstance(value, (Mapping, bytes, bytearray)):
        if not value:
            raise InvalidInput("An empty list matches nothing and has no literal in SOQL. Leave the condition out.")
        return f"({','.join(map(literal, value))})"
    raise InvalidInput(f"SOQL has no literal for a {type(value).__name__} ({value!r:.60}).")


def escape_search(text: str) -> str:
    """``text`` as a SOSL term that finds all of its words, with none of its characters or words as an operator.

    Words of one letter are left out: SOSL refuses them. Raises :class:`InvalidInput` where no others are there.
    """
    words = check_text(text, "The search text").split()
    kept = [word for word in words if sum(map(str.isalnum, word)) >= _SHORTEST_WORD]
    if not kept:
        raise InvalidInput("A search text has at least one word of two letters or digits.")
    # In quotes AND, OR and NOT are words like others.
    return " ".join('"' + _RESERVED_IN_SEARCH.sub(r"\\\1", word) + '"' for word in kept)


def check_text(text: str, what: str) -> str:
    """``text``, where it can be sent. Raises :class:`InvalidInput` for NUL and for halves of characters."""
    if "\0" in text:
        raise InvalidInput(f"{what} has a NUL character in it. Remove it.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{what} has half a character in it (a lone surrogate). Remove it.") from None
    return text


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise InvalidInput(f"{value.isoformat()} has no time zone. Add one, such as datetime.UTC.")
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
