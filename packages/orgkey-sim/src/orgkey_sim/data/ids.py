"""Salesforce record ids: 15 case-sensitive characters, plus 3 that make them safe in case-insensitive tools."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["IdSequence", "is_id", "to_18"]

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ID: Final = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_GROUP: Final = 5
_SHORT: Final = 15


def is_id(text: str) -> bool:
    """Whether ``text`` has the shape of a record id, with a right checksum where it has 18 characters."""
    return bool(_ID.fullmatch(text)) and (len(text) == _SHORT or text[_SHORT:] == _checksum(text[:_SHORT]))


def to_18(record_id: str) -> str:
    """Return the 18-character form; an id that already has 18 characters comes back unchanged."""
    return record_id + _checksum(record_id) if len(record_id) == _SHORT else record_id


class IdSequence:
    """Hands out the ids of one org: three characters of object, four of org, eight that count."""

    __slots__ = ("_next", "_org")

    def __init__(self, org_id: str) -> None:
        digest = int.from_bytes(hashlib.sha256(org_id.encode()).digest()[:4], "big")
        self._org = _base62(digest, 4)
        self._next: dict[str, int] = {}

    def take(self, key_prefix: str) -> str:
        """Return the next 18-character id of the object whose ids start with ``key_prefix``."""
        return self.take_many(key_prefix, 1)[0]

    def take_many(self, key_prefix: str, count: int) -> list[str]:
        """Return the next ``count`` ids of one object, ascending."""
        first = self._next.get(key_prefix, 1)
        self._next[key_prefix] = first + count
        return list(_count_up(key_prefix + self._org, first, first + count))


def _count_up(head: str, first: int, end: int) -> Iterator[str]:
    """The ids that begin with ``head`` (7 characters) and are numbered from ``first`` up to ``end``.

    The last two characters run through a table, so that a hundred thousand ids take a moment.
    """
    pairs = _pairs()
    while first < end:
        block, start = divmod(first, len(pairs))
        stem = head + _base62(block, 6)
        groups, capitals = _checksum(stem[:10]), _capitals(stem[10:])
        stop = min(len(pairs), start + end - first)
        for pair, pair_capitals in pairs[start:stop]:
            yield f"{stem}{pair}{groups}{_SUFFIX[capitals | pair_capitals]}"
        first += stop - start


@cache
def _pairs() -> list[tuple[str, int]]:
    """The last two characters of ids in their order, and the bits they add to the last group's number."""
    return [(a + b, _capitals(a + b) << 3) for a, b in product(_ALPHABET, repeat=2)]


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def _checksum(short_id: str) -> str:
    """One character for each group of five, by which of its letters are capitals."""
    return "".join(_SUFFIX[_capitals(short_id[at : at + _GROUP])] for at in range(0, len(short_id), _GROUP))


def _capitals(letters: str) -> int:
    """A number in which bit n is set where letter n is a capital."""
    return sum(1 << n for n, letter in enumerate(letters) if "A" <= letter <= "Z")
