"""Stops asking a login host that is in trouble: its incident is told by a few tenants, not tried by all of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orgkey_tenants.atfork import renew_after_fork

if TYPE_CHECKING:
    import orgkey

__all__ = ["Breaker"]

_FAILURES: Final = 5  # in a row, of any tenants of the host
_FIRST: Final = 5.0
_LONGEST: Final = 300.0
_MOST_HOSTS: Final = 10_000
_DOUBLINGS: Final = 6  # as many as lead from the first wait to the longest


@dataclass(slots=True)
class _Host:
    failures: int = 0
    opened: int = 0
    until: float = 0.0
    error: orgkey.TokenRequestError | None = None


class Breaker:
    """Login hosts of this process. Times are monotonic seconds."""

    def __init__(self, clock: orgkey.Clock) -> None:
        self._clock = clock
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self.after_fork()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """A new lock; what is known of hosts stays true."""
        self._lock = threading.Lock()

    def refusal(self, host: str) -> orgkey.TokenRequestError | None:
        """What a refresh at ``host`` gets instead of being sent; None where it may be."""
        with self._lock:
            found = self._hosts.get(host)
            if found is None or found.error is None:
                return None
            left = found.until - self._clock.monotonic()
            return found.error.again(left) if left > 0 else None

    def failed(self, host: str, error: orgkey.TokenRequestError) -> None:
        """No answer came, or one that is about the host: after five in a row nobody asks for 5 s, doubling to 5 min."""
        with self._lock:
            found = self._hosts.setdefault(host, _Host())
            self._hosts.move_to_end(host)
            if len(self._hosts) > _MOST_HOSTS:
                self._hosts.popitem(last=False)
            found.failures += 1
            if found.failures >= _FAILURES:
                found.error = error
                found.until = self._clock.monotonic() + min(_FIRST * 2.0 ** min(found.opened, _DOUBLINGS), _LONGEST)
                found.opened += 1

    def answered(self, host: str) -> None:
        """The host answers, whatever it says of a tenant."""
        if host in self._hosts:
            with self._lock:
                self._hosts.pop(host, None)
