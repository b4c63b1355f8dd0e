"""Which texts can be the name of an object or a field, or the id of a record."""

from __future__ import annotations

import re
from typing import Final

from orgkey_records.errors import InvalidInput

__all__ = ["check_field", "check_id", "check_object", "is_name"]

# Letters, digits and single underscores, no underscore at the end; before it a namespace, after it a suffix such as
# __c. ASCII only: \w would let look-alikes of other scripts through. (Object Reference, "Custom Objects".)
_NAME: Final = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*(?:__[A-Za-z0-9](?:_?[A-Za-z0-9])*){0,2}", re.ASCII)
_LONGEST_NAME: Final = 100
_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?", re.ASCII)
_SHORT: Final = 15
_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHOWN: Final = 60


def is_name(text: object) -> bool:
    """Whether ``text`` follows the grammar of API names."""
    return isinstance(text, str) and len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def check_object(name: object) -> str:
    """``name``, where it can be that of an object. Raises :class:`InvalidInput` otherwise."""
    if not is_name(name):
        raise InvalidInput(
            f"{_shown(name)} is no object name. Use an API name such as Contact or Invoice__c; list_objects has them."
        )
    return str(name)


def check_field(name: object, *, path: bool = False) -> str:
    """``name``, where it can be that of a field; with ``path`` also of a parent's, such as ``Account.Name``."""
    parts = name.split(".") if path and isinstance(name, str) else [name]
    if not all(map(is_name, parts)):
        raise InvalidInput(
            f"{_shown(name)} is no field name. Use an API name such as LastName or Region__c; describe has them."
        )
    return str(name)


def check_id(text: object) -> str:
    """``text``, where it can be a record's id: 15 characters, or 18 whose last three fit the rest."""
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise InvalidInput(
            f"{_shown(text)} is no record id. An id has 15 or 18 letters and digits and comes from a query; a name or "
            "an e-mail address is none."
        )
    if len(text) > _SHORT and text[_SHORT:] != _checksum(text[:_SHORT]):
        raise InvalidInput(
            f"{text} is no record id: its last three characters do not fit the others. Copy it from a query's answer."
        )
    return text


def _checksum(short: str) -> str:
    """The last three of 18 characters: which of the first 15 are capitals, five bits each."""
    bits = [sum(letter.isupper() << place for place, letter in enumerate(short[at : at + 5])) for at in (0, 5, 10)]
    return "".join(_DIGITS[number] for number in bits)


def _shown(text: object) -> str:
    if not isinstance(text, str):
        return f"A {type(text).__name__}"
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
