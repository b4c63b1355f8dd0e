"""SFA801: any of the others, in a cell of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.model import Rule
from orgkey_codemod.python.along.plumbing import plumbing_of
from orgkey_codemod.python.judging.verdicts import verdicts_of
from orgkey_codemod.rules import logins, plumbing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Finding, Tree

__all__ = ["RULE"]


def _examine(tree: Tree) -> Iterator[Finding]:
    dead_names = plumbing_of(tree).dead
    for verdict in verdicts_of(tree).logins:
        if verdict.login.module.path.suffix == ".ipynb":
            yield logins.finding(verdict, "SFA801")
    for dead in dead_names:
        if dead.module.path.suffix == ".ipynb":
            yield plumbing.finding(dead, "SFA801")


RULE = Rule(
    code="SFA801",
    title="a login, or what fed it, in a cell of a notebook",
    explanation=(
        "As the rule for the same code in a module, within the cell's source: ids, outputs and execution counts "
        "stay. All cells are read as one module; a cell that Python cannot read is passed over and named."
    ),
    examine=_examine,
)
