"""Password grants and connections written down outside Python code: scripts, collections, recordings, URIs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.reading.values import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.text import Source

__all__ = ["connections_in", "grants_in", "passwords_in"]

_GRANT: Final = re.compile(r"""\bgrant_type["']?\s*(?:[=:]|,\s*["']?value["']?\s*:)\s*["']?password\b""")
_TOKEN_URL: Final = re.compile(r"\b(?:[\w-]+\.)*(?:salesforce|force)\.(?:com|mil)[\w/.:-]*/services/oauth2/token")
_IN_BODY: Final = re.compile(r"grant_type=password[^\s\"']*?&password=(?P<value>[^&\s\"']+)")
_CONNECTION: Final = re.compile(
    r"\bAIRFLOW_CONN_\w+[ \t]*[=:][ \t]*[\"']?salesforce://[^:@\s/]*:(?P<value>[^@\s]+)@[^\r\n]*"
)
_TYPE: Final = re.compile(r"""^(?P<indent>\s*)["']?conn_type["']?\s*:\s*["']?salesforce["']?\s*,?\s*$""", re.MULTILINE)
_FIELD: Final = re.compile(r"""^\s*["']?(?:password|security_token)["']?\s*:""")
_REFERENCE: Final = re.compile(r"^[$%]|\{\{|\$\{")


def grants_in(source: Source) -> Iterator[tuple[int, int]]:
    """Where a request for a token by password is written down for Salesforce's token endpoint."""
    if _TOKEN_URL.search(source.text):
        for match in _GRANT.finditer(source.text):
            yield match.span()


def connections_in(source: Source) -> Iterator[tuple[int, int]]:
    """Where a connection of Airflow to Salesforce has its password or token."""
    for match in _CONNECTION.finditer(source.text):
        yield match.span()
    for match in _TYPE.finditer(source.text):
        yield from _fields(source, match.start("indent"), len(match["indent"].lstrip("\r\n")))


def _fields(source: Source, index: int, indent: int) -> Iterator[tuple[int, int]]:
    """The secret fields of the mapping that a line belongs to."""
    starts, first = source.line_starts, source.line_of(index) - 1
    rows = source.text.splitlines(keepends=True)
    for step in (range(first - 1, -1, -1), range(first + 1, len(rows))):
        for number in step:
            row = rows[number]
            if row.strip() and len(row) - len(row.lstrip()) < indent:
                break
            if _FIELD.match(row):
                yield starts[number], starts[number] + len(row.rstrip("\r\n"))


def passwords_in(source: Source) -> Iterator[tuple[int, int]]:
    """Working passwords in such grants and connections."""
    for pattern in (_IN_BODY, _CONNECTION):
        for match in pattern.finditer(source.text):
            if looks_secret(match["value"]) and not _REFERENCE.search(match["value"]):
                yield match.span("value")
