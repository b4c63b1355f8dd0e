"""One REST call as data: what is asked, and what was answered."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from orgkey_records.errors import InvalidInput
from orgkey_records.literals import check_text

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from typing import TypeVar

    T = TypeVar("T")
    # An operation: yields what to ask, is sent the answer, returns its result. It does no I/O.
    Flow = Generator["Ask", "Answer", T]

__all__ = ["Answer", "Ask", "path_of"]

# "URI Too Long" (414) comes beyond 16,384 bytes, which the host and the protocol share (REST API Developer Guide).
_LONGEST_TARGET: Final = 16_000
_WRITES: Final = frozenset({"POST", "PATCH", "DELETE", "PUT"})


@dataclass(frozen=True, slots=True)
class Ask:
    """A call to make: method, path below the org's host, and body.

    Attributes
    ----------
    target:
        Path and query, as they stand in the request line.
    body:
        What is sent as JSON; None for no body.
    headers:
        Beside those that every call has.

    """

    method: str
    target: str
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        method: str,
        path: str,
        parameters: Mapping[str, str] | None = None,
        json_body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Ask:
        """The call. Raises :class:`InvalidInput` where it is longer than Salesforce takes, or is no JSON."""
        target = path
        if parameters:
            for value in parameters.values():
                check_text(value, "The input")
            target += f"?{urlencode(parameters, quote_via=quote)}"
        if len(target) > _LONGEST_TARGET:
            raise InvalidInput(
                f"The query is {len(target):,} bytes long as sent; Salesforce takes {_LONGEST_TARGET:,}. Shorten it: "
                "fewer fields, or a condition in place of a long list."
            )
        return cls(method, target, None if json_body is None else _as_json(json_body), headers or {})

    @property
    def path(self) -> str:
        """The path without the query."""
        return self.target.partition("?")[0]

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method in _WRITES


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes
    ----------
    diagnosis:
        Why the session was not accepted, where that is what the answer says; else None.

    """

    ask: Ask
    status: int
    body: bytes = field(repr=False)
    url: str
    diagnosis: Any = None

    def json(self) -> Any:
        """The body as JSON; raises ValueError where it is none."""
        return json.loads(self.body)


def path_of(*parts: str) -> str:
    """``parts`` as a path, each of them quoted whole: no part becomes two, and none leads up."""
    if any(part in {"", ".", ".."} for part in parts):
        raise InvalidInput("An empty name, '.' and '..' name nothing in Salesforce.")
    return "/" + "/".join(quote(check_text(part, "A name"), safe="") for part in parts)


def _as_json(value: Any) -> bytes:
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"The data cannot be sent as JSON: {error}") from None
