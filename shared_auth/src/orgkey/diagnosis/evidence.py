"""What is known about one failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orgkey.secrets import redact

__all__ = ["GRANTS", "LONGEST_TEXT", "SURFACES", "Evidence", "clean"]

# Where a failure shows. ``network``: no answer came; ``local``: this program refused before or after the request.
SURFACES: Final = frozenset(
    {"token", "authorize", "rest", "bulk1", "bulk2", "soap", "identity", "network", "local"},
)
# OAuth grants by the last word of their ``grant_type``, which for JWT Bearer and token exchange is a URN.
GRANTS: Final = frozenset(
    {
        "jwt_bearer",
        "client_credentials",
        "authorization_code",
        "refresh_token",
        "device",
        "password",
        "token_exchange",
    },
)

# Characters of wire text that are looked at. Salesforce's are below 200; anything longer is a page or an attack.
LONGEST_TEXT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one failure. An empty field means "not known", and contradicts nothing.

    Attributes
    ----------
    surface:
        Where it showed: one of :data:`SURFACES`.
    grant:
        The OAuth grant in use: one of :data:`GRANTS`.
    error:
        OAuth's ``error``, REST's ``errorCode``, Bulk's ``exceptionCode``, a SOAP ``faultcode``. For the surface
        ``network`` one of ``dns``, ``refused``, ``tls``, ``no_tls``, ``proxy``, ``timeout``, ``closed``; for
        ``local`` the id of the cause that this program found by itself.
    error_description:
        The text beside it.
    status:
        HTTP status, 0 where there was no answer.
    login_host, audience:
        The host the token was asked of, and the ``aud`` of the JWT.
    token_format:
        ``opaque`` or ``jwt``.
    clock_skew:
        Seconds by which this machine's clock is ahead of the server's (``Date`` header, RFC 9110 section 6.6.1);
        negative where it is behind.
    facts:
        Further sentences about this very failure, shown beside the cause. They must hold no secret.

    """

    surface: str = "token"
    grant: str = ""
    error: str = ""
    error_description: str = ""
    status: int = 0
    login_host: str = ""
    audience: str = ""
    token_format: str = ""
    clock_skew: float | None = None
    facts: tuple[str, ...] = ()

    @property
    def wire(self) -> str:
        """What came over the wire as one line, redacted; empty where this program speaks of itself."""
        if self.surface in {"network", "local"}:
            return ""
        said = ": ".join(part for part in (clean(self.error), clean(self.error_description)) if part)
        if not said:
            return f"HTTP {self.status}" if self.status else ""
        return f"{said} (HTTP {self.status})" if self.status else said


def clean(text: str) -> str:
    """``text`` as one printable line without secrets: fit for a terminal, whoever wrote it."""
    line = " ".join(redact(text[:LONGEST_TEXT]).split())
    return "".join(character for character in line if character.isprintable())
