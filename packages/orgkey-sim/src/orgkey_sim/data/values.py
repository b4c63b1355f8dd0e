"""One field's value on its way in: checked against the field's type, and turned into what the store keeps."""

from __future__ import annotations

import base64
import binascii
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NoReturn

from orgkey_sim.data import ids
from orgkey_sim.data.errors import ApiError
from orgkey_sim.data.soql import dates

if TYPE_CHECKING:
    from orgkey_sim.data.schema import Field

__all__ = ["to_column"]

_EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_INT_RANGE: Final = 2**31
_TOKENS: Final = {str: "VALUE_STRING", bool: "VALUE_BOOLEAN", int: "VALUE_NUMBER", float: "VALUE_NUMBER",
                  dict: "START_OBJECT", list: "START_ARRAY"}  # fmt: skip


def to_column(field: Field, value: object) -> object:
    """Return ``value`` as the store keeps it; ``None`` and empty text both mean "empty".

    Raises
    ------
    ApiError
        JSON_PARSER_ERROR, STRING_TOO_LONG, MALFORMED_ID, INVALID_EMAIL_ADDRESS, and their kin.
    """
    if value is None or value == "":
        return False if field.type == "boolean" and value is None else None
    if isinstance(value, dict | list):
        _cannot_read(field, value)
    kind = field.kind
    if kind.textual:
        return _text(field, value)
    if kind.numeric:
        return _number(field, value)
    return _OTHERS[field.type](field, value)


def _text(field: Field, value: object) -> str | None:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = text.encode("utf-8", "replace").decode().strip()
    if len(text) > field.max_length:
        message = f"{field.title}: data value too large: {text} (max length={field.max_length})"
        raise ApiError(400, "STRING_TOO_LONG", message, (field.name,))
    if field.type == "email" and text and not _EMAIL.fullmatch(text):
        message = f"{field.title}: invalid email address: {text}"
        raise ApiError(400, "INVALID_EMAIL_ADDRESS", message, (field.name,))
    if field.restricted and text and text not in field.picklist:
        message = f"{field.title}: bad value for restricted picklist field: {text}"
        raise ApiError(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (field.name,))
    return text or None


def _number(field: Field, value: object) -> int | float:
    if isinstance(value, bool):
        _cannot_read(field, value)
    try:
        number = float(str(value))
    except (ValueError, OverflowError):
        _cannot_read(field, value)
    if not math.isfinite(number):
        _cannot_read(field, value)
    if field.type != "int":
        return number
    if abs(number) >= _INT_RANGE:
        message = f"{field.title}: value outside of valid range on numeric field: {value}"
        raise ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message, (field.name,))
    if number != int(number):
        _cannot_read(field, value)
    return int(number)


def _boolean(field: Field, value: object) -> bool:
    word = str(value).lower()
    if word not in {"true", "false", "1", "0"} or isinstance(value, float):
        _cannot_read(field, value)
    return word in {"true", "1"}


def _date(field: Field, value: object) -> str:
    try:
        return dates.parse_date(str(value)[:10])
    except ValueError:
        _cannot_read(field, value)


def _datetime(field: Field, value: object) -> str:
    try:
        moment = datetime.fromisoformat(str(value))
        return dates.parse_datetime((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat())
    except ValueError:
        _cannot_read(field, value)


def _reference(field: Field, value: object) -> str:
    if not isinstance(value, str) or not ids.is_id(value):
        message = f"{field.title}: id value of incorrect type: {value}"
        raise ApiError(400, "MALFORMED_ID", message, (field.name,))
    return ids.to_18(value)


def _base64(field: Field, value: object) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        _cannot_read(field, value)


_OTHERS: Final = {
    "id": _reference,
    "reference": _reference,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "base64": _base64,
}


def _cannot_read(field: Field, value: object) -> NoReturn:
    shown = "" if isinstance(value, dict | list) else f" value {value}"
    message = (
        f"Cannot deserialize instance of {field.type} from {_TOKENS[type(value)]}{shown} or request may be missing "
        "a required field at [line:1, column:1]"
    )
    raise ApiError(400, "JSON_PARSER_ERROR", message)
