"""Names for the parts of a path, so that a log entry or a fault can say which endpoint it is about."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["ENDPOINTS", "endpoint_of"]

_BY_PREFIX: Final = (
    (re.compile(r"/services/data/v[^/]+/jobs(/|$)"), "bulk2"),
    (re.compile(r"/services/data(/|$)"), "rest"),
    (re.compile(r"/services/async/"), "bulk1"),
    (re.compile(r"/services/apexrest/"), "apexrest"),
    (re.compile(r"/services/Soap/m/"), "metadata"),
    (re.compile(r"/services/Soap/[cu](/|$)"), "soap_login"),
    (re.compile(r"/services/Soap/"), "soap"),
    (re.compile(r"/services/oauth2/authorize"), "authorize"),
    (re.compile(r"/id/keys$|/\.well-known/"), "discovery"),
    (re.compile(r"/id/"), "identity"),
)
_BY_PATH: Final = {
    f"/services/oauth2/{name}": name for name in ("token", "authorize", "introspect", "revoke", "userinfo")
}

OTHER: Final = "other"
ENDPOINTS: Final = frozenset({*_BY_PATH.values(), *(name for _, name in _BY_PREFIX), OTHER})
"""All names there are."""


def endpoint_of(path: str) -> str:
    """Which endpoint serves ``path``."""
    exact = _BY_PATH.get(path)
    if exact is not None:
        return exact
    return next((name for pattern, name in _BY_PREFIX if pattern.match(path)), OTHER)
