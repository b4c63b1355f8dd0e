"""Dates in queries: ISO forms, and literals such as LAST_N_DAYS:30 ("Date Formats and Date Literals in WHERE").

The org's time zone is UTC, its weeks start on Sunday and its fiscal year is the calendar year.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

__all__ = ["format_datetime", "is_literal", "literal_span", "parse_date", "parse_datetime"]

_ALIASES: Final = {"YESTERDAY": "LAST_DAY", "TODAY": "THIS_DAY", "TOMORROW": "NEXT_DAY"}
_UNIT: Final = r"(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)"
_PLAIN: Final = re.compile(rf"(LAST|THIS|NEXT)_{_UNIT}")
_NINETY: Final = re.compile(r"(LAST|NEXT)_90_DAYS")
_COUNTED: Final = re.compile(rf"(?:(LAST|NEXT)_N_{_UNIT}S|N_{_UNIT}S_(AGO))")
_MONTHS_IN: Final = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


def parse_date(text: str) -> str:
    """Return ``text`` (YYYY-MM-DD) when it is a day of the calendar, else raise `ValueError`."""
    return date.fromisoformat(text).isoformat()


def parse_datetime(text: str) -> str:
    """Return the moment in UTC as the API writes it, or raise `ValueError`. Accepts any ISO 8601 offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    try:
        return format_datetime(moment.astimezone(UTC))
    except OverflowError as error:
        raise ValueError(text) from error


def format_datetime(moment: datetime) -> str:
    """``2024-05-01T12:00:00.000+0000``: how the API writes a moment, which also sorts as text."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000".rjust(28, "0")


def is_literal(name: str, *, counted: bool) -> bool:
    """Whether ``name`` is a date literal; ``counted`` says that ``:n`` follows it."""
    word = name.upper()
    if counted:
        return bool(_COUNTED.fullmatch(word))
    return word in _ALIASES or bool(_PLAIN.fullmatch(word) or _NINETY.fullmatch(word))


def literal_span(name: str, count: int, today: date) -> tuple[date, date]:
    """First day of the span that a literal names, and the first day after it."""
    word = _ALIASES.get(name, name)
    if found := _NINETY.fullmatch(word):
        return _counted(found[1], "DAY", 90, today)
    if found := _PLAIN.fullmatch(word):
        first = {"LAST": -1, "THIS": 0, "NEXT": 1}[found[1]]
        return _start(found[2], first, today), _start(found[2], first + 1, today)
    found = _COUNTED.fullmatch(word)
    if found is None:
        raise ValueError(name)
    return _counted(found[1] or found[4], found[2] or found[3], count, today)


def _counted(direction: str, unit: str, count: int, today: date) -> tuple[date, date]:
    if direction == "NEXT":
        return _start(unit, 1, today), _start(unit, count + 1, today)
    if direction == "AGO":
        return _start(unit, -count, today), _start(unit, 1 - count, today)
    # LAST_N_DAYS includes today; the larger units stop before the current one.
    return _start(unit, -count, today), _start(unit, 1 if unit == "DAY" else 0, today)


def _start(unit: str, steps: int, today: date) -> date:
    """First day of the unit that lies ``steps`` units after the current one; the calendar's ends are the limits."""
    try:
        if unit == "DAY":
            return today + timedelta(days=steps)
        if unit == "WEEK":
            sunday = today - timedelta(days=today.isoweekday() % 7)
            return sunday + timedelta(weeks=steps)
        size = _MONTHS_IN[unit]
        month = (today.year * 12 + today.month - 1) // size * size + steps * size
        return date(month // 12, month % 12 + 1, 1)
    except (OverflowError, ValueError):
        return date.max if steps > 0 else date.min
