"""What may be done, and with which objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orgkey_records.errors import InvalidInput, NotAllowed
from orgkey_records.names import check_object

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WRITES", "Guard"]

WRITES: Final = ("create", "update", "upsert", "delete")


@dataclass(frozen=True, slots=True)
class Guard:
    """The permissions of one :class:`~orgkey_records.Records`.

    Attributes
    ----------
    allow:
        The writes that are permitted.
    objects:
        The objects that are, by lower-case name; None permits all.

    """

    allow: frozenset[str]
    objects: dict[str, str] | None

    @classmethod
    def of(cls, allow: Iterable[str], objects: Iterable[str] | None) -> Guard:
        """Read the settings. Raises :class:`InvalidInput` for an operation that does not exist, or a bad name."""
        asked = frozenset([allow] if isinstance(allow, str) else allow)
        if unknown := sorted(map(str, asked.difference(WRITES))):
            raise InvalidInput(f"allow= names {unknown}. Only writes need to be allowed: {', '.join(WRITES)}.")
        if objects is None:
            return cls(asked, None)
        names = [objects] if isinstance(objects, str) else list(objects)
        return cls(asked, {check_object(name).lower(): name for name in names})

    def check_write(self, operation: str) -> None:
        """Raise :class:`NotAllowed` where ``operation`` is not permitted."""
        if operation not in self.allow:
            permitted = (
                f"Permitted besides reading: {', '.join(sorted(self.allow))}." if self.allow else "Only reading is."
            )
            raise NotAllowed(f"{operation} is not permitted here. {permitted}")

    def permits(self, name: str) -> bool:
        """Whether the object ``name`` may be touched."""
        return self.objects is None or name.lower() in self.objects

    def check_object(self, name: object) -> str:
        """``name``, where it is one that may be touched."""
        checked = check_object(name)
        if not self.permits(checked):
            raise self.outside(checked)
        return checked

    def outside(self, name: str, through: str = "") -> NotAllowed:
        """The error for an object outside the allow-list, reached through ``through`` where it is not named itself."""
        way = f", which {through} leads to," if through else ""
        return NotAllowed(f"{name}{way} is not permitted here. Permitted objects: {', '.join(self.listed())}.")

    def listed(self) -> list[str]:
        """The objects of the allow-list."""
        return sorted((self.objects or {}).values())
