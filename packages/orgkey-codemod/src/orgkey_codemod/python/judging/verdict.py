"""What a rule says about one login, and whether a person chose that it stays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Level, Reason

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from orgkey_codemod.model import Edit, Tree
    from orgkey_codemod.python.logins.calls import Login
    from orgkey_codemod.python.reading.module import Module

__all__ = ["Verdict", "is_left"]

_SUPPRESSION: Final = re.compile(r"#\s*orgkey:\s*ignore")


@dataclass(eq=False)
class Verdict:
    """A rule's word about one login."""

    login: Login
    code: str
    level: Level
    message: str
    reason: Reason | None = None
    edits: tuple[Edit, ...] = ()
    removed: tuple[ast.expr, ...] = ()
    """The expressions that the edits take away."""
    node: ast.AST | None = None
    """Where it is reported, if not at the call."""
    departs: bool = False
    """Whether the whole login goes, with its branch, because another one stands beside it."""

    @property
    def place_node(self) -> ast.AST:
        """The node whose place is the finding's."""
        return self.node if self.node is not None else self.login.call

    def lower(self, doubts: Iterable[tuple[Reason | None, str]]) -> None:
        """Ask a person to look, because of what the doubts say."""
        for reason, why in doubts:
            self.level = Level.REVIEW
            self.reason = self.reason or reason
            self.message += f"; {why}"

    def is_left(self, tree: Tree) -> bool:
        """Whether a person chose that this login stays as it is."""
        return is_left(tree, self.login.module, self.login.call, self.code)


def is_left(tree: Tree, module: Module, node: ast.AST, code: str) -> bool:
    """Whether a person chose that something stays: by a comment on one of its lines, or by not choosing the rule."""
    if not tree.options.chooses("SFA801" if module.path.suffix == ".ipynb" else code):
        return True
    start, end = module.start(node), module.end(node)
    _, end = module.source.line_span(end)
    return _SUPPRESSION.search(module.source.text, start, end) is not None
