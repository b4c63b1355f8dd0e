"""What must not cross a fork: locks that a thread of the parent may hold, its refreshes under way, its connections.

A server that loads the product before it forks its workers has all of them in every worker.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol

__all__ = ["Forkable", "renew_after_fork"]


class Forkable(Protocol):
    """Something with a part of that kind."""

    def after_fork(self) -> None:
        """Put new ones in their place; called in the child, before it has a second thread."""
        ...


_living: weakref.WeakSet[Forkable] = weakref.WeakSet()


def renew_after_fork(owner: Forkable) -> None:
    """Call ``owner.after_fork()`` in each forked child, for as long as ``owner`` lives."""
    _living.add(owner)


def _forked() -> None:
    for owner in list(_living):
        owner.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
