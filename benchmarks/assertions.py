"""How many JWT assertions a second are signed, as a share of what bare cryptography signs with the same key."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from harness import Effort, Goal, Row, alternate, ratio, seconds
from token_endpoint import INSTANCE_URL

import orgkey
from orgkey.org import HostRules

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TITLE", "measure"]

TITLE: Final = "JWT assertions per second, RSA-2048"

_BARE: Final = "cryptography, bare sign"
_OURS: Final = "orgkey"
_SHARE: Final = 0.95
_TAKES: Final = 30
_ISSUER: Final = "bench-consumer-key"
_USER: Final = "agent@example.com"
_LIFETIME: Final = 180


def measure(effort: Effort) -> list[Row]:
    """Signatures a second, and their ratio to the bare rate."""
    timers = {name: partial(_seconds_each, sign, calls) for name, (sign, calls) in _signers().items()}
    durations = alternate(timers, effort.timed_rounds, _TAKES)
    rates = {name: tuple(1 / duration for duration in durations[name]) for name in durations}
    figure = "share of the bare sign rate"
    shares = [
        Row(figure, name, "x", ratio(rates[name], rates[_BARE]), Goal("≥", _SHARE) if name == _OURS else None)
        for name in rates
        if name != _BARE
    ]
    return shares + [Row("assertions per second", name, "/s", rates[name]) for name in rates]


def _signers() -> dict[str, tuple[Callable[[], object], int]]:
    """What makes one assertion, with how many to a batch."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    login = HostRules().origin(INSTANCE_URL)
    grant = orgkey.JWTBearer(_ISSUER, _USER, pem)
    signing_input = grant.assertion(login, time.time()).reveal().rpartition(".")[0].encode("ascii")

    def claims() -> dict[str, str | int]:
        return {"iss": _ISSUER, "sub": _USER, "aud": INSTANCE_URL, "exp": int(time.time()) + _LIFETIME}

    return {
        _BARE: (lambda: key.sign(signing_input, padding.PKCS1v15(), SHA256()), 4),
        _OURS: (lambda: grant.assertion(login, time.time()), 4),
        "PyJWT, key object": (lambda: jwt.encode(claims(), key, "RS256"), 4),
        "PyJWT, PEM each time": (lambda: jwt.encode(claims(), pem, "RS256"), 1),
    }


def _seconds_each(sign: Callable[[], object], calls: int) -> float:
    def batch() -> None:
        for _ in range(calls):
            sign()

    return seconds(batch) / calls
