"""What the rules about logins share: a verdict about a call becomes a finding of the rule that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.model import Finding, Level
from orgkey_codemod.python.along.plumbing import plumbing_of
from orgkey_codemod.python.judging.verdicts import verdicts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.judging.verdict import Verdict

__all__ = ["examine_logins", "finding"]


def examine_logins(code: str) -> Callable[[Tree], Iterator[Finding]]:
    """The ``examine`` of a rule: the verdicts that name it, in plain modules."""

    def examine(tree: Tree) -> Iterator[Finding]:
        plumbing_of(tree)  # which adds to the edits of a login what nothing else uses
        for verdict in verdicts_of(tree).logins:
            if verdict.code == code and verdict.login.module.path.suffix != ".ipynb":
                yield finding(verdict, code)

    return examine


def finding(verdict: Verdict, code: str) -> Finding:
    """The finding of a verdict."""
    module = verdict.login.module
    edits = () if verdict.level is Level.REPORT else verdict.edits
    return Finding(
        code, verdict.level, module.path, module.place(verdict.place_node), verdict.message, verdict.reason, edits
    )
