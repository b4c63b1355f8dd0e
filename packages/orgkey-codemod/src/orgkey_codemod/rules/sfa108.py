"""SFA108: a class whose base logs in with a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.model import Example, Finding, Level, Reason, Rule
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.rules.logins import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]


def _examine(tree: Tree) -> Iterator[Finding]:
    found = verdicts_of(tree)
    for heir in found.subclasses:
        if heir.hands_on:
            place = heir.module.place(heir.node)
            message = f"{heir.node.name} hands its base a password: take it out of __init__, and of its callers"
            yield Finding("SFA108", Level.REPORT, heir.module.path, place, message, Reason.SUBCLASS)
    for verdict in found.logins:
        if verdict.code == "SFA108":
            yield finding(verdict, "SFA108")


RULE = Rule(
    code="SFA108",
    title="a subclass of Salesforce that hands its base a password",
    explanation=(
        "The signature of the class is the program's own, so nothing is rewritten. Take the base from "
        "orgkey_simple_salesforce, the secrets out of super().__init__(), and then out of the callers."
    ),
    examine=_examine,
    examples=(
        Example(
            "from simple_salesforce import Salesforce\n\n\nclass Crm(Salesforce):\n"
            "    def __init__(self, username, password):\n"
            "        super().__init__(username=username, password=password, security_token='')\n"
        ),
    ),
)
