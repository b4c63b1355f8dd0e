"""Settings of MCP clients: which server gets a password in its environment, and what it could get instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orgkey_codemod.python.reading.values import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.text import Source

__all__ = ["Pair", "is_mcp", "pairs_of"]

_SERVERS: Final = re.compile(r'"(mcpServers|servers|mcp_servers|context_servers)"\s*:\s*\{')
_ENV: Final = re.compile(r'"env"\s*:\s*\{')
_PAIR: Final = re.compile(
    r'"(?P<key>SALESFORCE_PASSWORD|SALESFORCE_SECURITY_TOKEN|SALESFORCE_TOKEN)"\s*:\s*"(?P<value>(?:[^"\\]|\\.)*)"'
)
_PERSON: Final = re.compile(r"\$\{(input|prompt)[^}]*\}")
_KNOWN: Final = re.compile(r'"[^"]*\bmcp-salesforce-connector\b[^"]*"')
"""Servers that take SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET too."""
_STRING_OR_BRACE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]')


@dataclass(frozen=True)
class Pair:
    """A password or token in the environment of a server, with its quotes."""

    key: str
    start: int
    end: int
    value: str
    env: tuple[int, int]
    """The object that it stands in."""
    is_known: bool
    """Whether the server is one that can do without."""

    @property
    def is_typed(self) -> bool:
        """Whether a person is asked for it."""
        return _PERSON.search(self.value) is not None

    @property
    def is_literal(self) -> bool:
        """Whether it stands there itself."""
        return "${" not in self.value and looks_secret(self.value)


def is_mcp(source: Source) -> bool:
    """Whether a file tells an MCP client its servers."""
    return source.path.suffix.lower() == ".json" and _SERVERS.search(source.text) is not None


def pairs_of(source: Source) -> Iterator[Pair]:
    """The passwords and tokens that servers are given."""
    if not is_mcp(source) or not _PAIR.search(source.text):
        return
    objects = _objects(source.text)
    for match in _PAIR.finditer(source.text):
        around = sorted((span for span in objects if span[0] < match.start() < span[1]), reverse=True)
        if len(around) > 1 and _ENV.search(source.text, 0, around[0][0] + 1) is not None:
            server = source.text[slice(*around[1])]
            yield Pair(match["key"], *match.span(), match["value"], around[0], _KNOWN.search(server) is not None)


def _objects(text: str) -> list[tuple[int, int]]:
    """Beginning and end of each JSON object."""
    found: list[tuple[int, int]] = []
    open_: list[int] = []
    for match in _STRING_OR_BRACE.finditer(text):
        if match.group() == "{":
            open_.append(match.start())
        elif match.group() == "}" and open_:
            found.append((open_.pop(), match.end()))
    return found
