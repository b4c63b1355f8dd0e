"""JWT Bearer (RFC 7523 section 2.1): the app signs who it wants to act as, and no secret travels."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final

from orgkey.errors import ConfigError
from orgkey.grants.base import TOKEN_PATH, app_problems, text_problem, username_problem
from orgkey.keys import Signer, load_signer
from orgkey.secrets import Secret, conceal, may_be_secret
from orgkey.wire import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jwt.api_jws import PyJWS

    from orgkey.org import Origin

__all__ = ["JWTBearer"]

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"

# Salesforce allows three minutes (help article "OAuth 2.0 JWT Bearer Flow"); some reports say five. Three is safe.
LIFETIME: Final = 180


@dataclass(frozen=True, slots=True, init=False)
class JWTBearer:
    """The JWT Bearer grant.

    Attributes
    ----------
    client_id:
        The app's consumer key; becomes ``iss``.
    username:
        The Salesforce user to act as; becomes ``sub``. He needs no password, and the app needs his pre-authorization.
    key:
        The private key whose certificate the app holds: a :class:`~orgkey.keys.Signer`, PEM text, or a key URI such
        as ``file:/run/secrets/server.key``. It is parsed once.
    audience:
        ``aud``. None stands for the login URL, which is right at My Domain; older apps and Government Cloud may need
        ``https://login.salesforce.com`` or ``https://test.salesforce.com``.
    client_secret:
        Needed for introspection alone; the grant itself never sends it.

    Raises :class:`~orgkey.errors.ConfigError` with all problems of its settings.

    """

    client_id: str
    username: str
    signer: Signer = field(repr=False)
    audience: str | None
    client_secret: Secret | None = field(repr=False)

    name: ClassVar[str] = "jwt_bearer"

    def __init__(
        self,
        client_id: str,
        username: str,
        key: Signer | str | Secret,
        *,
        audience: str | None = None,
        client_secret: Secret | str | None = None,
        passphrase: Secret | str | None = None,
    ) -> None:
        # Bound anew, so that a traceback from here on has nothing plain among its locals.
        kind, key = type(key).__name__, _held(key) or Secret("")
        client_secret = None if client_secret is None else conceal(client_secret)
        passphrase = None if passphrase is None else conceal(passphrase)
        problems = [
            *app_problems(client_id, client_secret),
            username_problem(username, "username (SALESFORCE_USERNAME)"),
        ]
        if isinstance(key, Secret) and kind not in {"str", "Secret"}:
            raise ConfigError(f"key is a {kind}. It takes PEM text, a key URI such as file:server.key, or a Signer.")
        try:
            signer = load_signer(key, "The private key", passphrase) if isinstance(key, Secret) else key
            if signer.algorithm != "RS256":
                problems.append(f"The key signs {signer.algorithm}; Salesforce's JWT Bearer flow takes RS256 only.")
        except ConfigError as error:
            problems += error.problems
        if audience is not None:
            problems.append(_audience_problem(audience))
        if any(problems):
            raise ConfigError([problem for problem in problems if problem])
        for name, value in (
            ("client_id", client_id),
            ("username", username),
            ("signer", signer),
            ("audience", audience),
            ("client_secret", client_secret),
        ):
            object.__setattr__(self, name, value)

    def token_request(self, login: Origin, now: float) -> Request:
        """A signed assertion that is good for three minutes, as a form."""
        return Request(login, TOKEN_PATH, {"grant_type": GRANT_TYPE, "assertion": self.assertion(login, now)})

    def assertion(self, login: Origin, now: float) -> Secret:
        """The signed JWT (RFC 7523 section 3) for the host ``login``."""
        constant = _constant_claims(self.client_id, self.username, self.audience or str(login))
        payload = b'%b,"exp":%d}' % (constant, int(now) + LIFETIME)
        return Secret(_jws().encode(payload, self.signer, algorithm="RS256"))  # type: ignore[arg-type]  # see _jws

    def acting_as(self, username: str) -> JWTBearer:
        """The same app and key, acting as ``username``."""
        return JWTBearer(
            self.client_id, username, self.signer, audience=self.audience, client_secret=self.client_secret
        )

    def client_authentication(self) -> Mapping[str, str | Secret]:
        """Client id and secret. Raises :class:`~orgkey.errors.ConfigError` without a secret."""
        if self.client_secret is None:
            raise ConfigError(
                "Introspection needs the app's consumer secret, which JWT Bearer does without. "
                "Set SALESFORCE_CLIENT_SECRET together with SALESFORCE_GRANT=jwt_bearer."
            )
        return {"client_id": self.client_id, "client_secret": self.client_secret}

    def problems(self, login: Origin) -> list[str]:
        """None: JWT Bearer is accepted at My Domain and, for some apps, at login and test."""
        del login
        return []


def _held(key: Any) -> Secret | Signer | None:
    """``key``, wrapped where it is text; None where it is nothing that can be one."""
    if isinstance(key, str):
        return Secret(key)
    return key if isinstance(key, (Secret, Signer)) else None


def _audience_problem(audience: str) -> str:
    """Salesforce quotes an audience that it refuses, so one that may be a secret must not get there."""
    if "@" in audience or may_be_secret(audience.strip()) or not ("://" in audience or "." in audience):
        return (
            "audience (SALESFORCE_AUDIENCE) is no URL such as https://login.salesforce.com. Remove it: it defaults to "
            "the login URL, which is right at My Domain."
        )
    return text_problem(audience, "audience (SALESFORCE_AUDIENCE)")


@lru_cache(maxsize=1024)
def _constant_claims(issuer: str, subject: str, audience: str) -> bytes:
    """What is the same in every assertion, as JSON without the closing brace."""
    claims = {"iss": issuer, "sub": subject, "aud": audience}
    return json.dumps(claims, separators=(",", ":"))[:-1].encode()


@cache
def _jws() -> PyJWS:
    """PyJWT, taught to sign with a Signer: the key may be in a KMS, where PyJWT's own RS256 wants it in memory."""
    from jwt.algorithms import RSAAlgorithm
    from jwt.api_jws import PyJWS

    class SignerAlgorithm(RSAAlgorithm):
        def prepare_key(self, key: Any) -> Any:
            return key

        def check_key_length(self, key: Any) -> str | None:
            del key  # checked when it was loaded
            return None

        def sign(self, msg: bytes, key: Any) -> bytes:
            signature: bytes = key.sign(msg)
            return signature

    jws = PyJWS()
    jws.unregister_algorithm("RS256")
    jws.register_algorithm("RS256", SignerAlgorithm(RSAAlgorithm.SHA256))
    return jws
