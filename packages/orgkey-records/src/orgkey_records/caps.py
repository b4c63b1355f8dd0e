"""How much an operation may bring back, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass, fields

from orgkey_records.errors import InvalidInput

__all__ = ["Caps"]


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits of every operation.

    Attributes
    ----------
    rows:
        The most rows of ``soql``, ``sosl`` and ``search``.
    all_rows:
        The most rows of ``query_all``.
    bytes:
        The most bytes of one answer, unpacked.
    seconds:
        The longest one operation may take, all of its calls together; for ``pages``, each page.
    text:
        The most characters of one text in a row; ``long_text`` reads on.

    """

    rows: int = 200
    all_rows: int = 50_000
    bytes: int = 16 * 1024 * 1024
    seconds: float = 60.0
    text: int = 4_000

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, (int, float)) or isinstance(value, bool) or not value > 0:
                raise InvalidInput(f"Caps.{field.name} is {value!r}; it takes a number above 0.")
