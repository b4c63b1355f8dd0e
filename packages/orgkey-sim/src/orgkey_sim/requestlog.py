"""What an org saw: one entry for each request, with no secret in it."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Entry", "RequestLog", "fingerprint"]

_KEPT: Final = 10_000


def fingerprint(secret: str) -> str:
    """Twelve characters that tell two secrets apart and give neither away."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()[:12]


@dataclass(slots=True)
class Entry:
    """One request.

    ``time`` is the orgs' time in seconds since the Unix epoch. ``endpoint`` is "token", "userinfo", "rest", "bulk1" and
    so on (`orgkey_sim.endpoints`). ``token`` is the fingerprint of the access token that came along or was given out,
    ``generation`` its number among those given to one user and app. ``row`` names the row of the error table
    (`orgkey_sim.oauth.errors`) that was answered, ``error`` the error code that went over the wire, and ``fault`` the
    fault that was played. ``status`` is 0 where the connection was cut before any answer.
    """

    time: float
    method: str
    host: str
    path: str
    endpoint: str
    status: int = 0
    grant: str = ""
    username: str = ""
    client_id: str = ""
    token: str = ""
    generation: int = 0
    row: str = ""
    error: str = ""
    fault: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The entry as JSON shows it."""
        return asdict(self)


class RequestLog:
    """The latest requests of one org, oldest first, and a count of all of them by endpoint."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._counts: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> Entry:
        return self._entries[index]

    def add(self, entry: Entry) -> None:
        """Note a request."""
        self._entries.append(entry)
        self._counts[entry.endpoint] += 1

    def total(self, endpoint: str) -> int:
        """How many requests that endpoint got, those too old to be kept included."""
        return self._counts[endpoint]

    def count(self, **wanted: object) -> int:
        """How many of the kept entries have all the given values: ``count(endpoint="token", status=400)``.

        Raises AttributeError for a name that no entry has.
        """
        return sum(all(getattr(entry, name) == value for name, value in wanted.items()) for entry in self)

    def clear(self) -> None:
        """Forget all entries and counts."""
        self._entries.clear()
        self._counts.clear()
