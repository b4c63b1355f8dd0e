"""The one thing that SOAP does differently: the session id stands in the body, not in a header."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["without_session_id"]

_SESSION_ID: Final = re.compile(r"(<(?:[\w.-]+:)?sessionId(?:\s[^<>]*)?>)[^<]*(</(?:[\w.-]+:)?sessionId\s*>)")


def without_session_id(body: bytes | str) -> bytes:
    """``body`` with the session id in it, if there is one, left out."""
    text = body if isinstance(body, str) else body.decode("utf-8", "surrogateescape")
    return _SESSION_ID.sub(r"\1\2", text).encode("utf-8", "surrogateescape")
