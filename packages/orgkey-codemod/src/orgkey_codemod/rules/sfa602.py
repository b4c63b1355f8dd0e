"""SFA602: documents that show a login with a password."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Edit, Finding, Level, Place, Rule, Tree
from orgkey_codemod.plain.fences import fences_of
from orgkey_codemod.plain.kinds import FileKind, kind_of
from orgkey_codemod.plain.settings import edits_of, new_flow, settings_of, source_of
from orgkey_codemod.rules import in_python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Options
    from orgkey_codemod.plain.fences import Fence
    from orgkey_codemod.plain.settings import Setting
    from orgkey_codemod.text import Source

__all__ = ["RULE"]

_HOMES: Final = {
    "SalesforceToolSpec": "llama_index.tools.salesforce",
    "SalesforceTool": "langchain_salesforce",
    "SalesforceLogin": "simple_salesforce",
    "SalesforceBulk": "salesforce_bulk",
    "Salesforce": "simple_salesforce",
}
"""Where a name comes from that a fence uses and does not import."""
_LOGINS: Final = ("SFA1", "SFA2", "SFA3", "SFA4")
_ALONE: Final = PurePosixPath("fence.py")
_MESSAGE: Final = "readers of this document log in with a password again: show the login without"


def _examine(tree: Tree) -> Iterator[Finding]:
    if not tree.options.docs:
        return
    for path in tree.files:
        if kind_of(path) is not FileKind.DOCUMENT or path in tree.readonly:
            continue
        source = source_of(tree, path)
        for fence in fences_of(source) if source is not None else ():
            if "assword" in fence.code:
                yield from _of_fence(source, fence, tree.options)  # type: ignore[arg-type]  # checked a line above
    yield from _variables(tree)


def _of_fence(source: Source, fence: Fence, options: Options) -> Iterator[Finding]:
    names = [name for name in _HOMES if re.search(rf"(?<![\w.]){name}\(", fence.code)]
    missing = [name for name in names if not re.search(rf"\bimport\b.*\b{name}\b", fence.code)]
    # Behind the code, so that places in it stay what they are.
    code = fence.code + "".join(f"from {_HOMES[name]} import {name}\n" for name in missing)
    alone = Tree(options, {_ALONE: code.encode()})
    for rule in in_python.RULES:
        for found in rule.examine(alone):
            if found.code.startswith(_LOGINS):
                place = Place(found.place.line + fence.line - 1, 1, found.place.end_line + fence.line - 1, 0)
                edits = _edits(source, fence, found)
                yield Finding("SFA602", Level.REVIEW, source.path, place, _MESSAGE, edits=edits)


def _edits(source: Source, fence: Fence, found: Finding) -> tuple[Edit, ...]:
    if fence.start is None or "\r" in fence.code:
        return ()
    begin, length = source.offset(fence.start), len(fence.code.encode())
    return tuple(
        Edit(source.path, begin + edit.start, begin + edit.end, edit.replacement)
        for edit in found.edits
        if edit.end <= length
    )


def _variables(tree: Tree) -> Iterator[Finding]:
    """Lines that set the variables of a login, as a reader would type them."""
    files: dict[PurePosixPath, list[Setting]] = defaultdict(list)
    for setting in settings_of(tree):
        if setting.kind is FileKind.DOCUMENT and setting.is_whole_line:
            files[setting.source.path].append(setting)
    for path, settings in files.items():
        going = [setting for setting in settings if not setting.has_comment]
        edits = edits_of(going, new_flow(tree, going))
        for setting in settings:
            row = setting.source.text[setting.start : setting.end].rstrip("\r\n")
            place = setting.source.place(setting.start, setting.start + len(row))
            yield Finding("SFA602", Level.REVIEW, path, place, _MESSAGE, edits=edits.get(setting, ()))


RULE = Rule(
    code="SFA602",
    title="a login with a password in README and docs (with --docs)",
    explanation=(
        "Python fences and blocks are read by the rules for code, and lines that set the variables of the tree's "
        "logins are found too. With --unsafe what is not indented and has no prompts is rewritten; the rest is yours. "
        "Without --docs only working secrets in documents are reported."
    ),
    examine=_examine,
)
