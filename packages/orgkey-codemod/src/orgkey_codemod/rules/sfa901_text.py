"""SFA901 outside Python code: a secret in settings, scripts, data files and documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Finding, Level, Rule
from orgkey_codemod.plain.grants import passwords_in
from orgkey_codemod.plain.kinds import FileKind, kind_of
from orgkey_codemod.plain.mcp import pairs_of
from orgkey_codemod.plain.settings import is_secret, is_shared_with_snowflake, settings_of, source_of
from orgkey_codemod.python.judging.secrets import written_secrets
from orgkey_codemod.python.reading.values import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree
    from orgkey_codemod.text import Source

__all__ = ["RULE"]

_MESSAGE: Final = "a secret stands here: revoke it (change the password, reset the token); the history keeps it"
_SALESFORCE: Final = re.compile(r"salesforce|sfdc", re.IGNORECASE)
_SNOWFLAKE: Final = re.compile(r"snowflake", re.IGNORECASE)
_SECTION: Final = re.compile(r"""^\s*(\[+(?P<table>[^\]]+)\]+|["']?(?P<key>[\w.-]+)["']?\s*:\s*\{?)\s*$""")
_SECRET: Final = re.compile(
    r"""^\s*["']?(?P<key>[\w.-]*?(?:password|passwd|pwd|security_?token|token|consumer_?secret|client_?secret))["']?"""
    r"""\s*[:=]\s*(?P<value>.*?),?\s*$""",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(r"^\$|\$\{|\{\{|^<|^%|^!|^\{|^\[|ssm:|vault:")
_DATA: Final = frozenset({".ini", ".cfg", ".conf", ".yml", ".yaml", ".json", ".toml", ".properties"})


def _examine(tree: Tree) -> Iterator[Finding]:
    seen: set[tuple[object, int]] = set()
    for source, start, end in _places(tree):
        line = (source.path, source.line_of(start))
        if line not in seen and source.path not in tree.untracked:
            seen.add(line)
            yield Finding("SFA901", Level.REPORT, source.path, source.place(start, end), _MESSAGE)


def _places(tree: Tree) -> Iterator[tuple[Source, int, int]]:
    for setting in settings_of(tree):
        if is_secret(setting) and not is_shared_with_snowflake(tree, setting) and setting.kind is not FileKind.DOCUMENT:
            start = setting.source.text.index(setting.value, setting.start)
            yield setting.source, start, start + len(setting.value)
    for path in tree.files:
        kind = kind_of(path)
        if kind is None or path in tree.readonly:
            continue
        source = source_of(tree, path)
        if source is None or not _SALESFORCE.search(f"{path}\n{source.text}"):
            continue
        yield from ((source, pair.start, pair.end) for pair in pairs_of(source) if pair.is_literal)
        yield from ((source, *span) for span in passwords_in(source))
        if kind is FileKind.DOCUMENT:
            yield from _written(source)
        elif path.suffix.lower() in _DATA and not _SNOWFLAKE.search(source.text):
            yield from _data(source)


def _written(source: Source) -> Iterator[tuple[Source, int, int]]:
    for row in re.finditer(r"[^\r\n]+", source.text):
        yield from ((source, row.start() + start, row.start() + end) for start, end in written_secrets(row.group()))


def _data(source: Source) -> Iterator[tuple[Source, int, int]]:
    """Keys that say what they hold, in a section or a file that is about Salesforce."""
    named = bool(_SALESFORCE.search(source.path.name))
    table, above = named, list[tuple[int, bool]]()
    for row in re.finditer(r"[^\r\n]+", source.text):
        line = row.group()
        depth = len(line) - len(line.lstrip())
        above = [(indent, is_ours) for indent, is_ours in above if indent < depth]
        heading = _SECTION.match(line)
        if heading and heading["table"]:
            table = named or bool(_SALESFORCE.search(heading["table"]))
        elif heading:
            above.append((depth, bool(_SALESFORCE.search(heading["key"]))))
        found = _SECRET.match(line)
        is_ours = table or any(ours for _, ours in above)
        if found and (is_ours or _SALESFORCE.search(found["key"])):
            value = found["value"].strip("\"'")
            if looks_secret(value) and not _REFERENCE.search(value):
                yield source, row.start() + found.start("value"), row.start() + found.end("value")


RULE = Rule(
    code="SFA901",
    title="a secret in the working tree",
    explanation=(
        "In files that are not Python it is the value of a variable that a login reads, the password of an MCP server, "
        "or what is named like a secret in a file or section about Salesforce. No file is edited for it."
    ),
    examine=_examine,
)
