"""What one rule works out about a tree and others use too, worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from orgkey_codemod.model import Tree

__all__ = ["once"]

T = TypeVar("T")


def once(tree: Tree, work: Callable[[Tree], T]) -> T:
    """The result of ``work`` on a tree; the second time, that of the first."""
    name = f"{work.__module__}.{work.__qualname__}"
    if name not in tree.learned:
        tree.learned[name] = work(tree)
    return cast("T", tree.learned[name])
