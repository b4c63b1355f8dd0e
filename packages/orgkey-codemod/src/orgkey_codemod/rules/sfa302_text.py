"""SFA302 outside Python code: the OAuth password grant in scripts, collections and recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Finding, Level, Reason, Rule
from orgkey_codemod.plain.grants import grants_in
from orgkey_codemod.plain.kinds import FileKind, kind_of
from orgkey_codemod.plain.settings import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]

_MESSAGE: Final = (
    "asks for a token by password, which External Client Apps refuse: client credentials, at the org's My Domain, take "
    "its place (grant_type=client_credentials)"
)


def _examine(tree: Tree) -> Iterator[Finding]:
    for path, content in tree.files.items():
        kind = kind_of(path)
        if kind is None or b"grant_type" not in content or path in tree.readonly:
            continue
        source = source_of(tree, path)
        if source is None or (kind is FileKind.DOCUMENT and not tree.options.docs):
            continue
        for start, end in grants_in(source):
            place = source.place(start, end)
            yield Finding("SFA302", Level.REPORT, path, place, _MESSAGE, Reason.NON_PYTHON)


RULE = Rule(
    code="SFA302",
    title="the OAuth password grant in files that are not Python",
    explanation=(
        "A request for a token with grant_type=password, beside the address of Salesforce's token endpoint. It is "
        "reported: change it to client credentials or JWT Bearer by hand; a recording is made anew."
    ),
    examine=_examine,
)
