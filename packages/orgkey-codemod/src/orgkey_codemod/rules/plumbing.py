"""What the rules about dead plumbing share: something dead becomes a finding of the rule that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orgkey_codemod.model import Finding
from orgkey_codemod.python.along.plumbing import plumbing_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orgkey_codemod.model import Tree
    from orgkey_codemod.python.along.plumbing import Dead

__all__ = ["examine_dead", "finding"]


def examine_dead(code: str) -> Callable[[Tree], Iterator[Finding]]:
    """The ``examine`` of a rule: what is dead and names it, in plain modules."""

    def examine(tree: Tree) -> Iterator[Finding]:
        for dead in plumbing_of(tree).dead:
            if dead.code == code and dead.module.path.suffix != ".ipynb":
                yield finding(dead, code)

    return examine


def finding(dead: Dead, code: str) -> Finding:
    """The finding of something dead."""
    place = dead.module.place(dead.node)
    return Finding(code, dead.level, dead.module.path, place, dead.what, dead.reason, dead.edits)
