"""SFA403 outside Python code: a connection of Airflow that holds a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Finding, Level, Rule
from orgkey_codemod.plain.grants import connections_in
from orgkey_codemod.plain.kinds import kind_of
from orgkey_codemod.plain.settings import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]

_MESSAGE: Final = (
    "an Airflow connection logs in with a password: make one with consumer_key and private_key in its extra, as "
    "orgkey migrate --explain SFA403 shows"
)


def _examine(tree: Tree) -> Iterator[Finding]:
    for path, content in tree.files.items():
        if kind_of(path) is None or b"salesforce" not in content or path in tree.readonly:
            continue
        source = source_of(tree, path)
        for start, end in connections_in(source) if source is not None else ():
            yield Finding("SFA403", Level.REPORT, path, source.place(start, end), _MESSAGE)  # type: ignore[union-attr]


RULE = Rule(
    code="SFA403",
    title="an Airflow connection with a password",
    explanation=(
        "Connections are data of Airflow and not edited. Make a connection of type salesforce whose login is the user "
        'and whose extra has {"consumer_key": "...", "private_key": "...", "domain": "..."}; then delete the old one.'
    ),
    examine=_examine,
)
