"""Expiry signals: how each of Salesforce's APIs says that a session is over, and what looks like it and is not."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

__all__ = ["SIGNAL_STATUSES", "Signal", "Surface", "read_signal", "surface_of"]

# The only statuses with which a session's end is told. Bodies of other answers are not read: they may be streams.
SIGNAL_STATUSES: Final = frozenset({400, 401, 403, 500})


class Surface(Enum):
    """The APIs differ in how a token is sent and how its end is told."""

    REST = "rest"  # also Bulk API 2.0, Tooling, Apex REST
    BULK1 = "bulk1"
    SOAP = "soap"  # also Metadata
    IDENTITY = "identity"


class Signal(Enum):
    """What an answer says about the session it was asked with. The value is a cause id of the catalogue."""

    EXPIRED = "SESSION_EXPIRED"
    NOT_FOR_REST = "SESSION_NOT_FOR_REST_API"


_BY_PREFIX: Final = (
    ("/services/soap/", Surface.SOAP),
    ("/services/async/", Surface.BULK1),
    ("/services/oauth2/", Surface.IDENTITY),
    ("/id/", Surface.IDENTITY),
)

# status and text per surface. Where the status is not 401 the code's own field decides: a message may quote the code of
# some other call's failure. Sources: REST errors in the REST API guide; Bulk 1 as jsforce detects it (status 400 and
# the exception code, in XML or JSON); SOAP faults; userinfo's plain text as nforce treats it.
_EXPIRED: Final = {
    Surface.REST: (401, re.compile(r"\bINVALID_SESSION_ID\b")),
    Surface.BULK1: (400, re.compile(r"""exceptionCode(?:"\s*:\s*"|\s*>\s*)InvalidSessionId\b""")),
    Surface.SOAP: (500, re.compile(r"<(?:\w+:)?(?:faultcode|exceptionCode)[^<>]*>\s*(?:\w+:)?INVALID_SESSION_ID\s*<")),
    Surface.IDENTITY: (403, re.compile(r"\bBad_OAuth_Token\b")),
}
_NOT_FOR_REST: Final = "session is not valid for use with the REST API"
_LONGEST_ERROR: Final = 16 * 1024


def surface_of(path: str) -> Surface:
    """The API that the URL path belongs to."""
    if path.startswith("/services/data/"):
        return Surface.REST
    lowered = path[:20].lower()
    for prefix, surface in _BY_PREFIX:
        if lowered.startswith(prefix):
            return surface
    return Surface.REST


def read_signal(surface: Surface, status: int, text: str) -> Signal | None:
    """What an answer of ``status`` with body ``text`` says about the session; None where it says nothing.

    A 5xx other than a SOAP fault, another 403 and a time-out are no signal: nothing is known about the session then,
    and the call may have been carried out.
    """
    expected, pattern = _EXPIRED[surface]
    if status != expected or not pattern.search(text[:_LONGEST_ERROR]):
        return None
    return Signal.NOT_FOR_REST if surface is Surface.REST and _NOT_FOR_REST in text[:_LONGEST_ERROR] else Signal.EXPIRED
