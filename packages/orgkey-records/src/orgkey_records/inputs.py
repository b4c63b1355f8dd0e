"""What callers give, looked at before anything is sent; what will not do raises InvalidInput and says what would."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from orgkey_records.errors import InvalidInput
from orgkey_records.literals import check_text, literal
from orgkey_records.names import check_field

__all__ = ["check_input", "check_key", "check_names", "check_statement", "check_values"]

# "SOQL and SOSL Limits": a statement has at most 100,000 characters.
_LONGEST_STATEMENT: Final = 100_000


def check_input(value: object) -> str:
    """``value``, where it is a text that can be sent."""
    if not isinstance(value, str):
        raise InvalidInput(f"A text is needed here, and a {type(value).__name__} was given.")
    return check_text(value, "The input")


def check_statement(text: object, verb: str = "SELECT") -> str:
    """``text`` without white space around it, where it begins with ``verb`` and is not too long."""
    statement = check_input(text).strip()
    if not re.match(rf"{verb}\b", statement, re.IGNORECASE):
        raise InvalidInput(f"The statement begins with {statement[:20]!a}; it must begin with {verb}.")
    if len(statement) > _LONGEST_STATEMENT:
        raise InvalidInput(
            f"The statement has {len(statement):,} characters; Salesforce takes {_LONGEST_STATEMENT:,}. Shorten it."
        )
    return statement


def check_names(names: object, what: str) -> list[str]:
    """``names`` as a list; a single text is none."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise InvalidInput(f"{what}: a list of names is needed, and a {type(names).__name__} was given.")
    return list(names)


def check_key(value: object) -> str:
    """``value`` as an external id."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        raise InvalidInput(f"An external id is a text or a number, and {value!r:.60} is neither.")
    return str(value)


def check_values(values: object) -> dict[str, Any]:
    """The fields of a record to write: names by the grammar, values that a field can take."""
    if not isinstance(values, Mapping) or not values:
        raise InvalidInput('The data is a mapping from field names to values, such as {"LastName": "Hara"}.')
    return {check_field(name): _checked_value(name, value) for name, value in values.items()}


def _checked_value(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return check_text(value, name)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return literal(value)
    if isinstance(value, Mapping) and len(value) == 1:
        # A parent named by its external id: {"Account": {"External_Id__c": "A-1"}}.
        ((key, inner),) = value.items()
        if isinstance(inner, (str, int)) and not isinstance(inner, bool):
            return {check_field(key): _checked_value(name, inner)}
    raise InvalidInput(
        f"{name} cannot take a {type(value).__name__}. A field takes text, a number, true, false or null."
    )
