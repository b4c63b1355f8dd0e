"""Key pairs and certificates of apps: what a client signs with, and what the org checks with."""

from __future__ import annotations

import base64
import functools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

__all__ = ["KeyPair", "VerifyingKey", "load_certificate", "load_key_pair", "new_key_pair", "shared_key_pair"]

_BITS: Final = 2048
_NOT_AFTER: Final = datetime(2049, 1, 1, tzinfo=UTC)
_NOT_BEFORE: Final = datetime(2020, 1, 1, tzinfo=UTC)
_LARGEST_CERTIFICATE: Final = 4096
_PADDING: Final = padding.PKCS1v15()
_HASH: Final = hashes.SHA256()


class VerifyingKey:
    """The public half, as an app's certificate holds it. RS256 only, as in Salesforce's JWT bearer flow."""

    __slots__ = ("_key",)

    def __init__(self, key: rsa.RSAPublicKey) -> None:
        self._key = key

    def verifies(self, signature: bytes, signed: bytes) -> bool:
        """Whether ``signature`` was made over ``signed`` with the private half."""
        try:
            self._key.verify(signature, signed, _PADDING, _HASH)
        except InvalidSignature:
            return False
        return True

    def as_jwk(self, key_id: str) -> dict[str, str]:
        """The key as a JSON Web Key (RFC 7517)."""
        numbers = self._key.public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": key_id,
            "n": _base64url_number(numbers.n),
            "e": _base64url_number(numbers.e),
        }


@dataclass(frozen=True)
class KeyPair:
    """A private key, and a self-signed certificate made for it when somebody asks."""

    private_key: rsa.RSAPrivateKey = field(repr=False)

    @cached_property
    def private_key_pem(self) -> str:
        """PKCS#8, unencrypted."""
        return self.private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    @cached_property
    def certificate_pem(self) -> str:
        """What an admin uploads to the app."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "orgkey-sim app")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.private_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_NOT_BEFORE)
            .not_valid_after(_NOT_AFTER)
            .sign(self.private_key, _HASH)
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode()

    @cached_property
    def verifying_key(self) -> VerifyingKey:
        """The public half."""
        return VerifyingKey(self.private_key.public_key())


def new_key_pair() -> KeyPair:
    """Generate an RSA key of 2048 bits, which takes some tenths of a second."""
    return KeyPair(rsa.generate_private_key(public_exponent=65537, key_size=_BITS))


@functools.cache
def shared_key_pair() -> KeyPair:
    """The key that every app of this process has until it is given its own: generating many would be slow."""
    return new_key_pair()


def load_key_pair(private_key_pem: str) -> KeyPair:
    """Read a PEM private key.

    Raises ValueError for anything that is not an unencrypted RSA private key.
    """
    try:
        key = serialization.load_pem_private_key(private_key_pem.encode(), password=None)
    except (ValueError, TypeError):
        raise ValueError("not an unencrypted private key in PEM") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key: Salesforce's JWT bearer flow takes RS256 only")  # noqa: TRY004 - wrong content
    return KeyPair(key)


def load_certificate(certificate_pem: str) -> VerifyingKey:
    """Read the public key out of a PEM certificate.

    Raises ValueError for anything that is not an X.509 certificate with an RSA key, of at most 4 KB
    (Salesforce Help: "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration").
    """
    if len(certificate_pem) > _LARGEST_CERTIFICATE:
        raise ValueError("a certificate larger than 4 KB; an app takes none larger")
    try:
        key = x509.load_pem_x509_certificate(certificate_pem.encode()).public_key()
    except ValueError:
        raise ValueError("not an X.509 certificate in PEM") from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("a certificate of no RSA key: JWT bearer takes RS256 only")  # noqa: TRY004 - wrong content
    return VerifyingKey(key)


def _base64url_number(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()
