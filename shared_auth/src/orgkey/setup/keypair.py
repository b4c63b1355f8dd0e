"""An RSA key pair and its self-signed certificate: what JWT Bearer signs with, and what the app checks with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from orgkey.secrets import Secret

if TYPE_CHECKING:
    from orgkey.clock import Clock

__all__ = ["KeyPair", "new_key_pair"]

_BITS: Final = 2048
_EXPONENT: Final = 65537
# A certificate that begins this very second is not valid yet on a machine whose clock is a little behind.
_HEAD_START: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and its certificate, both PEM, and when the certificate ends."""

    private_key: Secret = field(repr=False)
    certificate: str
    expires: datetime


def new_key_pair(name: str, days: int, clock: Clock, passphrase: Secret | None = None) -> KeyPair:
    """An RSA key of 2048 bits with a certificate in the name of ``name`` that is good for ``days``.

    With a ``passphrase`` the key is encrypted (PKCS#8, PBES2 with AES-256).
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(_EXPONENT, _BITS)
    now = datetime.fromtimestamp(int(clock.now()), UTC)
    expires = now + timedelta(days=days)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _HEAD_START)
        .not_valid_after(expires)
        .sign(key, hashes.SHA256())
    )
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        encryption = serialization.BestAvailableEncryption(passphrase.reveal().encode())
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return KeyPair(
        private_key=Secret(key.private_bytes(pem, pkcs8, encryption).decode("ascii")),
        certificate=certificate.public_bytes(pem).decode("ascii"),
        expires=expires,
    )
