"""Counts refreshes under way, so that a program can end without cutting one off."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orgkey_tenants.atfork import renew_after_fork
from orgkey_tenants.errors import RefreshInProgress, local

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["InFlight"]


class InFlight:
    """Refreshes of one Tenants."""

    def __init__(self) -> None:
        self._closing = False
        self.after_fork()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """None of the parent's lands here."""
        self._landed = threading.Condition()
        self._count = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one. Raises :class:`~orgkey_tenants.RefreshInProgress` once the end has begun."""
        with self._landed:
            if self._closing:
                raise local(RefreshInProgress, "RENEWAL_UNDER_WAY", "this process is shutting down")
            self._count += 1
        try:
            yield
        finally:
            with self._landed:
                self._count -= 1
                self._landed.notify_all()

    def drain(self, seconds: float) -> bool:
        """Let no further one begin, and wait for the others; False where ``seconds`` were not enough."""
        with self._landed:
            self._closing = True
            return self._landed.wait_for(lambda: self._count == 0, seconds)

    @property
    def is_closing(self) -> bool:
        """Whether the end has begun."""
        return self._closing
