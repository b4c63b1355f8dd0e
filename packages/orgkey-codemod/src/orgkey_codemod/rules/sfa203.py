"""SFA203: an MCP client that gives a server a password."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Example, Finding, Level, Reason, Rule
from orgkey_codemod.plain.mcp import pairs_of
from orgkey_codemod.plain.settings import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.plain.mcp import Pair
    from orgkey_codemod.text import Source

__all__ = ["RULE"]

_NEW: Final = ("SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET")
_KNOWN: Final = (
    "the server also takes a client id and secret, with the org's My Domain in SALESFORCE_DOMAIN; the app's Run-As "
    "user acts then"
)
_TYPED: Final = "a person is asked for the password: what the server offers instead, its manual says"
_UNKNOWN: Final = "what this server takes in the place of a password, its manual says"


def _examine(tree: Tree) -> Iterator[Finding]:
    for path, content in tree.files.items():
        if path.suffix.lower() != ".json" or b'"SALESFORCE_' not in content or path in tree.readonly:
            continue
        source = source_of(tree, path)
        if source is not None:
            for _, pairs in groupby(pairs_of(source), key=lambda pair: pair.env):
                yield from _of_server(source, list(pairs))


def _of_server(source: Source, pairs: list[Pair]) -> Iterator[Finding]:
    edits = _edits(source, pairs)
    for pair in pairs:
        place = source.place(pair.start, pair.end)
        if pair.is_typed:
            yield Finding("SFA203", Level.REPORT, source.path, place, _TYPED, Reason.USER_SUPPLIED_CREDENTIAL)
        elif not pair.is_known:
            yield Finding("SFA203", Level.REPORT, source.path, place, _UNKNOWN, Reason.NON_PYTHON)
        else:
            yield Finding("SFA203", Level.REVIEW, source.path, place, _KNOWN, edits=edits)


def _edits(source: Source, pairs: list[Pair]) -> tuple[Edit, ...]:
    """The new pairs in the place of the old ones; all of a server's go together."""
    env = source.text[slice(*pairs[0].env)]
    new = [f'"{name}": "${{{name}}}"' for name in _NEW if f'"{name}"' not in env]
    row = source.text[source.line_span(pairs[0].start)[0] : pairs[0].start]
    between = f",{source.newline}{row}" if not row.strip() else ", "
    edits: list[Edit] = []
    for number, pair in enumerate(pairs):
        mine = new[number : number + 1] if number + 1 < len(pairs) else new[number:]
        if mine:
            edits.append(source.edit(pair.start, pair.end, between.join(mine)))
        else:
            edits.append(source.edit(*_with_comma(source.text, pair)))
    return tuple(edits)


def _with_comma(text: str, pair: Pair) -> tuple[int, int]:
    behind = re.compile(r"\s*,\s*").match(text, pair.end)
    if behind:
        return pair.start, behind.end()
    before = re.search(r",\s*$", text[: pair.start])
    return (before.start() if before else pair.start), pair.end


RULE = Rule(
    code="SFA203",
    title="an MCP client's settings give a server a password",
    explanation=(
        "For mcp-salesforce-connector, --unsafe puts SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET, as references "
        "to the environment, in the place of password and token; the app needs a Run-As user, and SALESFORCE_DOMAIN "
        "the org's My Domain. Other servers are reported: what they take, only their manuals say."
    ),
    examine=_examine,
    examples=(
        Example(
            '{"mcpServers": {"crm": {"command": "uvx", "args": ["mcp-salesforce-connector"],\n'
            '  "env": {"SALESFORCE_USERNAME": "ann", "SALESFORCE_PASSWORD": "${P}"}}}}\n',
            path=".mcp.json",
        ),
    ),
)
