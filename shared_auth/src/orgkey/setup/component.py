"""One metadata component: a type, a name and its elements, and the XML they become."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["NAMESPACE", "Component", "Elements", "manifest"]

NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"

# Folder and suffix of each type of component that is made here (Metadata API Developer Guide).
_PLACES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "ConnectedApp": ("connectedApps", "connectedApp"),
        "ExternalClientApplication": ("externalClientApps", "eca"),
        "ExtlClntAppConfigurablePolicies": ("extlClntAppPolicies", "ecaPlcy"),
        "ExtlClntAppGlobalOauthSettings": ("extlClntAppGlobalOauthSets", "ecaGlblOauth"),
        "ExtlClntAppOauthConfigurablePolicies": ("extlClntAppOauthPolicies", "ecaOauthPlcy"),
        "ExtlClntAppOauthSettings": ("extlClntAppOauthSettings", "ecaOauth"),
        "PermissionSet": ("permissionsets", "permissionset"),
    }
)

# Elements by name: text, a yes or no, a number, several of one name, or elements within.

Elements: TypeAlias = "dict[str, str | bool | int | list[str] | Elements | None]"


@dataclass(frozen=True, slots=True)
class Component:
    """One component. Elements that are None are left out."""

    type: str
    name: str
    elements: Elements

    @property
    def path(self) -> str:
        """Where it lies in a DX project's package folder."""
        folder, suffix = _PLACES[self.type]
        return f"{folder}/{self.name}.{suffix}-meta.xml"

    def xml(self) -> str:
        """The component's file. Elements stand in alphabetical order, as Salesforce itself writes them."""
        lines = "\n".join(_lines(self.elements, "    "))
        return f'{_DECLARATION}<{self.type} xmlns="{NAMESPACE}">\n{lines}\n</{self.type}>\n'


def manifest(components: Iterable[Component], api_version: str) -> str:
    """The package.xml that names ``components``."""
    named: dict[str, list[str]] = {}
    for component in components:
        named.setdefault(component.type, []).append(component.name)
    types = "".join(
        f"    <types>\n{''.join(f'        <members>{escape(name)}</members>{chr(10)}' for name in sorted(names))}"
        f"        <name>{type_name}</name>\n    </types>\n"
        for type_name, names in sorted(named.items())
    )
    return f'{_DECLARATION}<Package xmlns="{NAMESPACE}">\n{types}    <version>{api_version}</version>\n</Package>\n'


_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _lines(elements: Elements, indent: str) -> Iterator[str]:
    for name, value in sorted(elements.items()):
        if isinstance(value, dict):
            yield f"{indent}<{name}>"
            yield from _lines(value, f"{indent}    ")
            yield f"{indent}</{name}>"
        else:
            for each in value if isinstance(value, list) else [value]:
                if each is not None:
                    yield f"{indent}<{name}>{_text(each)}</{name}>"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else escape(str(value))
