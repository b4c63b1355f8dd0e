"""The Signer: what signs a JWT assertion, be it a key in memory, a KMS or an HSM."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Protocol, final, runtime_checkable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["RSASigner", "Signer"]


@runtime_checkable
class Signer(Protocol):
    """Signs bytes. A key source returns one; the key itself may never leave where it lives."""

    @property
    def algorithm(self) -> str:
        """JWS algorithm name (RFC 7518 section 3.1). Salesforce's JWT Bearer flow takes RS256 only."""
        ...

    @property
    def certificate(self) -> bytes | None:
        """The X.509 certificate (PEM) that belongs to the key, where the source knows it."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature over ``data``."""
        ...


@final
class RSASigner:
    """RS256 (RFC 7518 section 3.3) with a key in this process: parsed and validated once, kept as an object."""

    __slots__ = ("_certificate", "_hash", "_key", "_padding")

    algorithm = "RS256"

    def __init__(self, key: RSAPrivateKey, certificate: bytes | None = None) -> None:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        self._key = key
        self._certificate = certificate
        self._padding = PKCS1v15()
        self._hash = SHA256()

    @property
    def certificate(self) -> bytes | None:
        """The certificate the key came with, if any."""
        return self._certificate

    def sign(self, data: bytes) -> bytes:
        """The RSASSA-PKCS1-v1_5 signature over ``data`` with SHA-256."""
        return self._key.sign(data, self._padding, self._hash)

    def __repr__(self) -> str:
        return f"RSASigner({self._key.key_size} bit)"

    def __copy__(self) -> RSASigner:
        return self

    def __deepcopy__(self, memo: object) -> RSASigner:
        return self

    def __reduce__(self) -> NoReturn:
        msg = "A private key is not pickled. Carry the name of the profile or variable it comes from instead."
        raise TypeError(msg)
