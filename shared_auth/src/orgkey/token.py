"""An access token as one immutable snapshot: value, where it is good, who it is, which generation."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from orgkey.lifetime import Lifetime
    from orgkey.org import Origin
    from orgkey.secrets import Secret

__all__ = ["Token", "jwt_expiry", "token_format"]


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """One access token. All of it is replaced together, so that no reader sees half of a renewal.

    Attributes
    ----------
    value:
        The token, wrapped. :meth:`reveal` gives the text.
    instance:
        Origin of the API host that the token is good for.
    generation:
        1 for the first login, one more with each renewal.
    issued_at:
        When Salesforce issued it, seconds since the epoch (ours where the answer did not say).
    expires_at:
        For JWT-format tokens their ``exp``, seconds since the epoch; None for opaque ones, which slide.
    scope:
        The scopes granted.
    org_id, user_id:
        18-character ids from the answer's identity URL.
    replaced:
        True where it was obtained because its predecessor was rejected.
    lifetime:
        The model of its life, where anything is known about that.

    """

    value: Secret
    instance: Origin
    generation: int
    issued_at: float
    obtained_at: float  # monotonic seconds
    scope: frozenset[str]
    org_id: str
    user_id: str
    identity_url: str
    expires_at: float | None = None
    replaced: bool = False
    lifetime: Lifetime | None = field(default=None, repr=False)

    @property
    def instance_url(self) -> str:
        """The API host as a URL without a trailing slash."""
        return str(self.instance)

    @property
    def format(self) -> Literal["opaque", "jwt"]:
        """``jwt`` for tokens that carry their own expiry and work on REST only."""
        return token_format(self.value)

    def reveal(self) -> str:
        """The token's text. Use it inside an expression, never keep it."""
        return self.value.reveal()

    def same_as(self, sent: Token | Secret) -> bool:
        """Whether ``sent`` is this token: what a renewal compares."""
        if isinstance(sent, Token):
            return sent is self or sent.value == self.value
        return sent == self.value


def token_format(value: Secret) -> Literal["opaque", "jwt"]:
    """What kind of access token ``value`` is: opaque ones start with the org id, JWT-format ones with ``eyJ``."""
    return "jwt" if value.reveal().startswith("eyJ") else "opaque"


def jwt_expiry(value: Secret) -> float | None:
    """``exp`` of a JWT-format token (RFC 7519 section 4.1.4), read without verifying: only Salesforce can do that."""
    try:
        payload = value.reveal().split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        exp = float(claims["exp"])
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return None
    return exp if math.isfinite(exp) else None
