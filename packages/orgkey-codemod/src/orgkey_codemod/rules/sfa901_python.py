"""SFA901 in Python code: a secret in the working tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.model import Example, Finding, Level, Rule
from orgkey_codemod.python.judging.secrets import secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]


def _examine(tree: Tree) -> Iterator[Finding]:
    for module, start, end in secrets(tree):
        message = "a secret stands here: revoke it (change the password, reset the token); the history keeps it"
        yield Finding("SFA901", Level.REPORT, module.path, module.source.place(start, end), message)


RULE = Rule(
    code="SFA901",
    title="a secret in the working tree",
    explanation=(
        "Only the place is told, never the value. Taking the line out is not enough, for the history keeps it: "
        "change the password in Salesforce, reset the security token, and delete a consumer secret that was in the "
        "code."
    ),
    examine=_examine,
    examples=(Example('SALESFORCE_PASSWORD = "Orchid-ferry-3"\n'),),
)
