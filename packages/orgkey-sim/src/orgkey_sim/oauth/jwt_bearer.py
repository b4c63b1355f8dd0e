"""The JWT bearer grant (RFC 7523): an assertion, signed with the key of the app's certificate, names the user."""

from __future__ import annotations

import base64
import binascii
import functools
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.oauth.errors import OAuthError
from orgkey_sim.oauth.login import admit, find_app, token_answer

if TYPE_CHECKING:
    from orgkey_sim.model import App, Org
    from orgkey_sim.oauth.request import OAuthRequest
    from orgkey_sim.visit import Door

__all__ = ["GRANT_TYPE", "grant"]

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_SKEW: Final = 180.0
"""Seconds of clock difference that are let pass (Salesforce Help: remoteaccess_oauth_jwt_flow)."""
_MILLISECONDS_FROM: Final = 1e11
"""An ``exp`` this large counts milliseconds: in seconds it would be the year 5138."""
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class _Assertion:
    algorithm: str
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def grant(asked: OAuthRequest) -> dict[str, Any]:
    """Answer a JWT bearer request.

    Raises OAuthError with any row of this grant.
    """
    assertion = _parse(asked.require("assertion"))
    asked.visit.claimed = str(assertion.claims.get("prn") or assertion.claims.get("sub") or "")
    app = find_app(asked, str(assertion.claims.get("iss", "")))
    _check_signature(assertion, app)
    _check_time(assertion.claims.get("exp"), app.org)
    _check_audience(assertion.claims.get("aud"), app.org, asked.visit.door)
    username = assertion.claims.get("prn") or assertion.claims.get("sub") or ""
    user = app.org.user(str(username))
    if user is None or not asked.visit.door.serves(app.org):
        raise OAuthError("user_not_approved")
    admit(asked, app, user)
    return token_answer(asked, app, user, signed=app.org.policies.issued_at_in_jwt_answer)


def _parse(assertion: str) -> _Assertion:
    parts = assertion.split(".")
    if len(parts) != _PARTS:
        raise OAuthError("invalid_assertion")
    try:
        algorithm, claims = _algorithm(parts[0]), json.loads(_decode(parts[1]))
        signed = f"{parts[0]}.{parts[1]}".encode("ascii")
        signature = _decode(parts[2])
    except (ValueError, RecursionError):
        raise OAuthError("invalid_assertion") from None
    if not isinstance(claims, dict):
        raise OAuthError("invalid_assertion")
    return _Assertion(algorithm, claims, signed, signature)


@functools.lru_cache(maxsize=64)
def _algorithm(header: str) -> str:
    """What a header names as its algorithm. Clients send the same few headers over and over."""
    parsed = json.loads(_decode(header))
    return str(parsed.get("alg")) if isinstance(parsed, dict) else ""


def _decode(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("not base64url") from None


def _check_signature(assertion: _Assertion, app: App) -> None:
    trusted = "jwt_bearer" in app.flows and assertion.algorithm == "RS256"
    if not (trusted and app.verifying_key.verifies(assertion.signature, assertion.signed)):
        raise OAuthError("invalid_assertion")


def _check_time(exp: object, org: Org) -> None:
    expires = _epoch_seconds(exp)
    now = org.clock.wall() + org.policies.clock_skew_seconds
    longest = org.policies.assertion_max_seconds
    if expires is None or expires + _SKEW < now or (longest is not None and expires - now > longest + _SKEW):
        raise OAuthError("expired_assertion")


def _epoch_seconds(exp: object) -> float | None:
    """Seconds since the epoch from any shape clients send: a number or its decimal text, in seconds or milliseconds."""
    if isinstance(exp, bool) or not isinstance(exp, int | float | str):
        return None
    try:
        number = float(exp)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(number):
        return None
    return number / 1000 if number >= _MILLISECONDS_FROM else number


def _check_audience(audience: object, org: Org, door: Door) -> None:
    login = f"https://{org.login_host}"
    accepted = org.policies.accepted_audiences
    if accepted is None:
        accepted = (login, f"https://{org.my_domain}", org.login_url, door.base_url)
    named = audience if isinstance(audience, list) else [audience]
    if not any(isinstance(each, str) and each.rstrip("/") in accepted for each in named):
        raise OAuthError(org.policies.audience_error, audience=str(audience), login=login)
