"""Trouble on the way: answers that come late, broken, wrong, or not at all."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from orgkey_sim.endpoints import ENDPOINTS

__all__ = ["Drop", "Fault", "Faults"]

Drop = Literal["", "before", "after", "midway"]

_STATUSES: Final = range(200, 600)


@dataclass(slots=True)
class Fault:
    """What goes wrong, where and how often.

    ``endpoint`` names one of `orgkey_sim.endpoints.ENDPOINTS`; empty means all of them. ``delay`` holds the request
    back for that many seconds, ``late`` the answer: by then the work is done. ``repeat`` lets the request reach the org
    twice, as by a proxy that tries again, and gives the client the second answer. ``drop`` cuts the connection:
    "before" the request is worked on, "after" it was worked on and before any answer (the work is done, the answer
    lost), or "midway" through the answer. ``drip`` sends the body at that many bytes a second. ``garble`` replaces the
    answer's body with half a web page. ``status``, ``body`` and ``content_type`` answer in the org's place: it never
    sees the request. ``retry_after`` adds that header, in seconds. ``skip`` lets that many requests through first;
    ``times`` is how many requests are hit, None all of them.
    """

    endpoint: str = ""
    delay: float = 0.0
    late: float = 0.0
    repeat: bool = False
    drop: Drop = ""
    drip: float = 0.0
    garble: bool = False
    status: int = 0
    body: str = ""
    content_type: str = "text/html; charset=UTF-8"
    retry_after: int | None = None
    skip: int = 0
    times: int | None = 1

    def __post_init__(self) -> None:
        for wrong, message in (
            (
                bool(self.endpoint) and self.endpoint not in ENDPOINTS,
                f"no endpoint {self.endpoint!r}: choose of {sorted(ENDPOINTS)}",
            ),
            (self.drop not in get_args(Drop), f"drop={self.drop!r}: choose 'before', 'after' or 'midway'"),
            (
                not all(seconds >= 0 for seconds in (self.delay, self.late, self.drip)),
                "delay and drip cannot be negative, nor can late",
            ),
            (bool(self.status) and self.status not in _STATUSES, f"status={self.status}: choose 200 to 599"),
            (self.skip < 0 or (self.times is not None and self.times < 1), "skip is at least 0, times at least 1"),
        ):
            if wrong:
                raise ValueError(message)

    @property
    def label(self) -> str:
        """What it does, in the words of the request log."""
        parts = {
            "delay": self.delay,
            "late": self.late,
            "repeat": self.repeat,
            f"drop {self.drop}": self.drop,
            "drip": self.drip,
            "garble": self.garble,
            f"status {self.status}": self.status,
        }
        return ", ".join(name for name, active in parts.items() if active) or "none"

    def as_dict(self) -> dict[str, Any]:
        """The fault as JSON shows it."""
        return asdict(self)


class Faults:
    """The faults that lie in wait at one org, in the order they were added."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, endpoint: str = "", **settings: Any) -> None:
        """Let a fault lie in wait: ``add("token", delay=2, times=1)``; see `Fault` for the settings.

        Raises ValueError for a setting that makes no sense; TypeError for one that does not exist.
        """
        with self._lock:
            self._waiting.append(Fault(endpoint, **settings))

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._waiting.clear()

    def as_list(self) -> list[dict[str, Any]]:
        """What still lies in wait, as JSON shows it."""
        return [fault.as_dict() for fault in tuple(self._waiting)]

    def take(self, endpoint: str) -> Fault | None:
        """The fault that a request at ``endpoint`` meets, counted off."""
        if not self._waiting:
            return None
        with self._lock:
            for fault in self._waiting:
                if fault.endpoint not in {"", endpoint}:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    return None
                self._count_off(fault)
                return fault
        return None

    def _count_off(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if not fault.times:
            self._waiting.remove(fault)
