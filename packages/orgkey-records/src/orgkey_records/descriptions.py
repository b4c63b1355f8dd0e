"""What an object looks like to this user: described slim, and remembered for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import orgkey

__all__ = ["Description", "Descriptions"]

_MOST: Final = 256
_PICKLIST: Final = 50
_TEXT: Final = frozenset({"string", "textarea"})


@dataclass(frozen=True, slots=True)
class Description:
    """An object as this user sees it.

    Attributes
    ----------
    name, label:
        API name and label.
    fields:
        By lower-case name; each slim, as :meth:`as_dict` has it.
    parents:
        Which objects a parent's name leads to, by the name in lower case: ``account`` to ``Account``.
    children:
        Which object the rows of a subquery are, by the subquery's name in lower case.
    can:
        What this user may do with it: ``create``, ``update``, ``delete``, ``query``.

    """

    name: str
    label: str
    fields: Mapping[str, Mapping[str, Any]]
    parents: Mapping[str, tuple[str, ...]] = field(repr=False)
    children: Mapping[str, str] = field(repr=False)
    can: tuple[str, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Description:
        """The description in Salesforce's own, which is some hundred times as long."""
        fields = [each for each in raw["fields"] if not each.get("deprecatedAndHidden")]
        named = [each for each in fields if each.get("relationshipName")]
        return cls(
            name=raw["name"],
            label=raw.get("label", raw["name"]),
            fields=MappingProxyType({each["name"].lower(): MappingProxyType(_slim(each)) for each in fields}),
            parents=MappingProxyType({each["relationshipName"].lower(): tuple(each["referenceTo"]) for each in named}),
            children=MappingProxyType(
                {
                    each["relationshipName"].lower(): each["childSObject"]
                    for each in raw.get("childRelationships", ())
                    if each.get("relationshipName")
                }
            ),
            can=tuple(word for word, key in _ABILITIES.items() if raw.get(key)),
        )

    @property
    def field_names(self) -> list[str]:
        """API names of the fields that this user sees."""
        return [each["name"] for each in self.fields.values()]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "name": self.name,
            "label": self.label,
            "can": list(self.can),
            "fields": [dict(each) for each in self.fields.values()],
            "children": sorted(self.children.values()),
        }


_ABILITIES: Final = {"query": "queryable", "create": "createable", "update": "updateable", "delete": "deletable"}


def _slim(raw: Mapping[str, Any]) -> dict[str, Any]:
    slim: dict[str, Any] = {"name": raw["name"], "type": raw["type"]}
    if raw.get("label") not in {None, raw["name"]}:
        slim["label"] = raw["label"]
    if raw["type"] in _TEXT and raw.get("length"):
        slim["length"] = raw["length"]
    if raw.get("referenceTo"):
        slim["refers_to"] = list(raw["referenceTo"])
        slim["parent"] = raw.get("relationshipName")
    if values := [each["value"] for each in raw.get("picklistValues") or () if each.get("active")]:
        slim["values"] = values[:_PICKLIST]
        if len(values) > _PICKLIST:
            slim["more_values"] = len(values) - _PICKLIST
    if raw.get("createable") and not raw.get("nillable") and not raw.get("defaultedOnCreate"):
        slim["required"] = True
    if not raw.get("updateable"):
        slim["read_only"] = True
    if raw.get("externalId"):
        slim["external_id"] = True
    return slim


class Descriptions:
    """The descriptions that one user of one org was given, each good for ``seconds``. Safe for threads."""

    def __init__(self, clock: orgkey.Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Description]] = OrderedDict()

    def get(self, name: str) -> Description | None:
        """The description of the object ``name``, where there is one that is not too old."""
        with self._lock:
            until, description = self._kept.get(name.lower(), (0.0, None))
            return description if self._clock.monotonic() < until else None

    def keep(self, description: Description) -> None:
        """Remember ``description``."""
        with self._lock:
            self._kept[description.name.lower()] = self._clock.monotonic() + self._seconds, description
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
