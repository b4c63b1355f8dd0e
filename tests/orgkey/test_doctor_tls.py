"""``orgkey doctor`` at a TLS server whose certificate is none for this host: ended, or of another name."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from orgkey import sender
from orgkey.cli.app import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric import rsa


def write_certificate(folder: Path, key: rsa.RSAPrivateKey, name: str, days: int) -> Path:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Invented Middlebox")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    chain = folder / "chain.pem"
    chain.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, form, serialization.NoEncryption()),
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(pem))
    return chain


@pytest.fixture
def serve() -> Iterator[Callable[[Path], int]]:
    """Shakes hands with whatever certificate it is given, on a port that it returns."""
    listeners: list[socket.socket] = []

    def start(chain: Path) -> int:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        listeners.append(listener := socket.create_server(("127.0.0.1", 0)))

        def answer() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connection.settimeout(5)
                    secure = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                    with closing(secure), suppress(OSError):
                        secure.do_handshake()
                        secure.recv(1000)

        threading.Thread(target=answer, daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for listener in listeners:
        listener.close()


@pytest.mark.parametrize(
    ("name", "days", "trusted", "fact"),
    [
        ("localhost", -1, True, "expired"),
        ("other.example", 30, True, "ostname mismatch"),
        ("localhost", 30, False, "Invented Middlebox"),
    ],
    ids=["ended", "of another name", "of somebody who opens TLS on the way"],
)
def test_a_server_certificate_that_is_none(
    serve: Callable[[Path], int],
    environment: Callable[..., None],
    private_key: rsa.RSAPrivateKey,
    tmp_path: Path,
    *,
    name: str,
    days: int,
    trusted: bool,
    fact: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = tmp_path / "given"
    given.mkdir()
    port = serve(write_certificate(given, private_key, name, days))
    sender._sender.cache_clear()
    environment(login_url=f"https://localhost:{port}", ORGKEY_ALLOW_LOOPBACK_HTTP="1", grant="client_credentials")
    environment(client_id="3MVG9invented", client_secret="invented")
    if trusted:
        environment(ca_file=str(given / "ca.pem"))
    assert run(["doctor", "--json"]) == 1
    found: Any = json.loads(capsys.readouterr().out)
    assert (found["broken"], found["cause"]) == ("tls", "ENDPOINT_UNREACHABLE_TLS")
    check = next(each for each in found["checks"] if each["check"] == "tls")
    assert fact in json.dumps(check)
