"""Reading and writing the XML that Bulk API 1 and SOAP speak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from orgkey_sim.data import ApiError

__all__ = ["XSI", "Raw", "children", "inner", "local_name", "parse", "text_of", "write"]

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_MAX_DEPTH: Final = 200
_FORBIDDEN: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")


def parse(body: bytes) -> Element:
    """The root of an XML document.

    Raises
    ------
    ApiError
        InvalidXml, for what is not well-formed, is nested too deep, or declares a document type.
    """
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 - the builder refuses document types
    try:
        parser.feed(body)
        root = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ApiError(400, "InvalidXml", f"Unable to parse the document: {error}") from None
    if not isinstance(root, Element):
        raise ApiError(400, "InvalidXml", "The document is empty")
    return root


class _Builder(ET.TreeBuilder):
    """Builds the tree, as long as it stays shallow and has no document type (and so no entities)."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ApiError(400, "InvalidXml", "The document is nested too deep")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)

    def doctype(self, name: str, public_id: str | None, system_id: str | None, /) -> None:
        raise ApiError(400, "InvalidXml", f"DOCTYPE is disallowed: {name} {public_id or ''} {system_id or ''}".rstrip())


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """The child elements of that name, whatever their namespace."""
    return (each for each in element if local_name(each) == name)


def text_of(element: Element, *path: str) -> str | None:
    """The text of the first element down ``path``, without blanks around it; ``None`` where there is none."""
    for name in path:
        found = next(children(element, name), None)
        if found is None:
            return None
        element = found
    return (element.text or "").strip()


class Raw(str):
    """XML that is ready to stand in a document as it is, tags included."""

    __slots__ = ()


def inner(element: Element, without: str = "") -> str:
    """What is inside an element, as XML without namespaces; child elements named ``without`` are left out."""
    parts = [escape(element.text or "")] if element.text and element.text.strip() else []
    for each in element:
        name = local_name(each)
        if name == without:
            continue
        kind = each.get(f"{{{XSI}}}type")
        attributes = f" xsi:type={quoteattr(kind.rpartition(':')[2])} xmlns:xsi={quoteattr(XSI)}" if kind else ""
        parts.append(f"<{name}{attributes}>{inner(each)}</{name}>")
    return "".join(parts)


def write(name: str, value: Any, attributes: str = "") -> str:
    """``value`` as an element: a mapping as children, a list as the element repeated, ``None`` as an empty element.

    ``attributes`` stands in the tag as it is. A mapping's key ``@xsi:type`` becomes an attribute.
    """
    if isinstance(value, Raw):
        return value
    if isinstance(value, list):
        return "".join(write(name, each, attributes) for each in value)
    if isinstance(value, Mapping):
        kind = f' xsi:type="{escape(str(value["@xsi:type"]))}"' if "@xsi:type" in value else ""
        inner = "".join(write(key, each) for key, each in value.items() if key != "@xsi:type")
        return f"<{name}{attributes}{kind}>{inner}</{name}>"
    if value is None:
        return f"<{name}{attributes}/>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}{attributes}>{escape(text.translate(_FORBIDDEN))}</{name}>"
