"""A request to Salesforce's OAuth endpoints and its answer, as plain records without any I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from orgkey.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orgkey.org import Origin

__all__ = ["Answer", "Request"]


def _plain(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


@dataclass(frozen=True, slots=True)
class Request:
    """One request to ``origin``. Secrets stay wrapped until the moment of sending."""

    origin: Origin
    path: str
    form: Mapping[str, str | Secret] = field(default_factory=dict)
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    method: Literal["GET", "POST"] = "POST"

    @property
    def url(self) -> str:
        """Where it goes."""
        return f"{self.origin}{self.path}"

    def plain_headers(self) -> dict[str, str]:
        """The headers with their secrets revealed: only for the call that sends them."""
        return {name: _plain(value) for name, value in self.headers.items()}

    def body(self) -> bytes | None:
        """The form as ``application/x-www-form-urlencoded``, secrets revealed: only for the call that sends it."""
        if self.method == "GET":
            return None
        return urlencode({name: _plain(value) for name, value in self.form.items()}).encode("ascii")


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete answer: status, headers (names in lower case), body. The body is never shown."""

    status_code: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_at: float  # seconds since the epoch, by our clock

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 becomes U+FFFD."""
        return self.body.decode("utf-8", "replace")

    @property
    def clock_skew(self) -> float | None:
        """Seconds by which our clock is ahead of the server's ``Date`` header; None where there is none to read."""
        try:
            return self.received_at - parsedate_to_datetime(self.headers["date"]).timestamp()
        except (KeyError, TypeError, ValueError, OverflowError):
            return None
