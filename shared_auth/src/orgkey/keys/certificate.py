"""A certificate that lies beside a key: its dates, and whether it belongs to that key."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orgkey.errors import ConfigError
from orgkey.secrets import shown_path

if TYPE_CHECKING:
    from orgkey.keys.signer import Signer

__all__ = ["Certificate", "certificate_beside", "read_certificate"]

_SUFFIXES: Final = (".crt", ".cer", ".cert", ".pem")
_LARGEST_FILE: Final = 64 * 1024
_DAY: Final = 86400.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """An X.509 certificate. Times are seconds since the epoch."""

    name: str
    where: str
    not_before: float
    not_after: float
    fingerprint: str
    _public_key: Any = field(repr=False)

    def days_left(self, now: float) -> int:
        """Whole days until it ends; negative where it has ended."""
        return int((self.not_after - now) // _DAY)

    def is_valid(self, now: float) -> bool:
        """Whether ``now`` is within its dates."""
        return self.not_before <= now <= self.not_after

    def belongs_to(self, signer: Signer) -> bool:
        """Whether ``signer`` holds its private key: what it signs is verified, so that a key in a KMS will do."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.hazmat.primitives.hashes import SHA256

        if not isinstance(self._public_key, RSAPublicKey):
            return False
        probe = b"orgkey: does this key belong to this certificate?"
        try:
            self._public_key.verify(signer.sign(probe), probe, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True


def certificate_beside(key_file: Path) -> Path | None:
    """The certificate file that has the key file's name, but for its suffix."""
    beside = (key_file.with_suffix(suffix) for suffix in _SUFFIXES)
    return next((path for path in beside if path != key_file and path.is_file()), None)


def read_certificate(source: Path | bytes, where: str = "") -> Certificate:
    """The certificate in a PEM file, or in PEM text. Raises :class:`~orgkey.errors.ConfigError`."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    where = where or (shown_path(str(source)) if isinstance(source, Path) else "the certificate")
    try:
        pem = source if isinstance(source, bytes) else _read(source)
        found = x509.load_pem_x509_certificate(pem)
    except OSError as error:
        raise ConfigError(
            f"The certificate {where} cannot be read: {error.strerror}. Check the path and its permissions."
        ) from None
    except ValueError:
        raise ConfigError(
            f"{where} is no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----. "
            "If it is DER, convert it: openssl x509 -inform DER -in server.cer -out server.crt"
        ) from None
    return Certificate(
        name=found.subject.rfc4514_string(),
        where=where,
        not_before=found.not_valid_before_utc.timestamp(),
        not_after=found.not_valid_after_utc.timestamp(),
        fingerprint=found.fingerprint(SHA256()).hex(),
        _public_key=found.public_key(),
    )


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LARGEST_FILE)
