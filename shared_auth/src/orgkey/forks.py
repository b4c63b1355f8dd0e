"""Counts the forks behind this process, so that what must not cross one can tell."""

from __future__ import annotations

import os
import threading

__all__ = ["count", "lock"]

_count = 0
_lock = threading.RLock()


def count() -> int:
    """How many forks lie between this process and the one that imported this module."""
    return _count


def lock() -> threading.RLock:
    """The process's own lock for what is made once: plugins, clients, what replaces things from before a fork.

    A forked child has a new one: a thread that stayed behind in the parent may have held the old one.
    """
    return _lock


def _forked() -> None:
    global _count, _lock  # noqa: PLW0603  # a process has one history
    _count += 1
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
