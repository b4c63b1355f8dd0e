"""A certificate authority of the world's own, which vouches for every Salesforce host name."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from orgkey_sim.hosts import is_salesforce_host

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CertificateAuthority"]

_NOT_BEFORE: Final = datetime(2020, 1, 1, tzinfo=UTC)
_NOT_AFTER: Final = datetime(2049, 1, 1, tzinfo=UTC)
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_SIGN_WITH: Final = hashes.SHA256()


class CertificateAuthority:
    """Makes a certificate for each host when a client first asks for it. All files are in ``directory``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "orgkey-sim local CA")])
        self._certificate = self._sign_own()
        self.ca_file = str(directory / "ca.pem")
        """What clients must trust."""
        (directory / "ca.pem").write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def server_context(self) -> ssl.SSLContext:
        """A TLS context that shows each client a certificate for the host it asks for."""
        context = self._context_for(_LOOPBACK)
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> None:
        if host is not None and is_salesforce_host(host):
            connection.context = self._context_for((host.lower(),))

    def _context_for(self, hosts: tuple[str, ...]) -> ssl.SSLContext:
        with self._lock:
            context = self._contexts.get(hosts[0])
            if context is None:
                context = self._contexts[hosts[0]] = self._new_context(hosts)
            return context

    def _new_context(self, hosts: tuple[str, ...]) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        path = self._directory / f"{len(self._contexts)}.pem"
        path.touch(mode=0o600)
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + self._sign(hosts, key.public_key()).public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _sign_own(self) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        return (
            self._builder(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, _SIGN_WITH)
        )

    def _sign(self, hosts: tuple[str, ...], public_key: ec.EllipticCurvePublicKey) -> x509.Certificate:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            self._builder(x509.Name([]), public_key)
            .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self._key, _SIGN_WITH)
        )

    def _builder(self, subject: x509.Name, public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(_NOT_BEFORE)
            .not_valid_after(_NOT_AFTER)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
