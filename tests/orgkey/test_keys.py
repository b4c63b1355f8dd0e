"""Private keys from every place and in every shape that people paste, each wrong one with a message of its own."""

from __future__ import annotations

import copy
import json
import os
import pickle
import sys
import threading
from base64 import b64encode, encodebytes
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

import leaks
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import NameOID

from orgkey import ConfigError, RSASigner, Secret, Signer, connect, load_signer
from orgkey.cli.app import run
from orgkey.secrets import MASK, redact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.hazmat.primitives.serialization import KeySerializationEncryption

PASSPHRASE = "open sesame"
PKCS8 = serialization.PrivateFormat.PKCS8
PKCS1 = serialization.PrivateFormat.TraditionalOpenSSL
OPENSSH = serialization.PrivateFormat.OpenSSH
PLAIN = serialization.NoEncryption()
ENCRYPTED = serialization.BestAvailableEncryption(PASSPHRASE.encode())


@cache
def key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def pem(
    private: PrivateKeyTypes | None = None,
    form: serialization.PrivateFormat = PKCS8,
    encryption: KeySerializationEncryption = PLAIN,
) -> str:
    return (private or key()).private_bytes(serialization.Encoding.PEM, form, encryption).decode()


def public_pem() -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key().public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def pkcs1_public_pem() -> str:
    return key().public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()


def request_pem() -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "agent")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key(), hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


# The label alone is what is looked at.
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def signs(signer: Signer, private: rsa.RSAPrivateKey) -> bool:
    signature = signer.sign(b"data")
    private.public_key().verify(signature, b"data", padding.PKCS1v15(), hashes.SHA256())
    return signer.algorithm == "RS256"


READABLE: dict[str, Callable[[], str]] = {
    "PKCS#8": pem,
    "PKCS#1": lambda: pem(form=PKCS1),
    "Windows line ends": lambda: pem().replace("\n", "\r\n"),
    "space around it": lambda: f"\n\n  {pem()}  \n",
    "a certificate before it": lambda: CERTIFICATE + pem(),
    "bag attributes before it": lambda: (
        "Bag Attributes\n    friendlyName: agent\nKey Attributes: <No Attributes>\n" + pem()
    ),
    "a byte order mark": lambda: "\ufeff" + pem(),
    "on one line": lambda: pem().replace("\n", " "),
}


@pytest.mark.parametrize("shape", READABLE)
def test_a_private_key_is_read_in_each_usual_shape(shape: str) -> None:
    assert signs(load_signer(READABLE[shape]()), key())


@pytest.mark.parametrize("form", [PKCS8, PKCS1])
@pytest.mark.parametrize("wrap", [str, Secret])
def test_an_encrypted_key_is_read_with_its_passphrase(
    form: serialization.PrivateFormat, wrap: Callable[[str], str | Secret]
) -> None:
    assert signs(load_signer(pem(form=form, encryption=ENCRYPTED), passphrase=wrap(PASSPHRASE)), key())


def test_a_passphrase_that_is_not_needed_does_no_harm() -> None:
    assert signs(load_signer(pem(), passphrase=PASSPHRASE), key())


UNREADABLE: dict[str, tuple[Callable[[], str], str]] = {
    "empty": (lambda: "", "is empty"),
    "blank": (lambda: " \n ", "is empty"),
    "no PEM": (lambda: "MIIEvAIBADANBgkqhkiG9w0BAQEFAASC", "no PEM text"),
    "the name of a file": (lambda: "server.key", "SALESFORCE_PRIVATE_KEY_FILE"),
    "a Windows path": (lambda: r"C:\keys\server.key", "SALESFORCE_PRIVATE_KEY_FILE"),
    "backslash n": (lambda: pem().replace("\n", "\\n"), r"two characters \n where line breaks belong"),
    "public": (public_pem, "holds a public key, where the private key belongs"),
    "PKCS#1 public": (pkcs1_public_pem, "holds a public key, where the private key belongs"),
    "certificate": (lambda: CERTIFICATE, "holds a certificate, where the private key belongs"),
    "request": (request_pem, "holds a certificate request, where the private key belongs"),
    "OpenSSH": (lambda: pem(form=OPENSSH), "holds an OpenSSH key"),
    "cut off": (lambda: pem()[:600], "is cut off"),
    "cut in the middle": (lambda: pem()[:600] + "\n" + pem().splitlines()[-1], "damaged or incomplete"),
    "encrypted": (lambda: pem(encryption=ENCRYPTED), "is encrypted, and no passphrase is given"),
    "encrypted PKCS#1": (lambda: pem(form=PKCS1, encryption=ENCRYPTED), "is encrypted, and no passphrase is given"),
    "elliptic": (lambda: pem(ec.generate_private_key(ec.SECP256R1())), "RS256 only"),
    "Edwards": (lambda: pem(ed25519.Ed25519PrivateKey.generate()), "RS256 only"),
    "weak": (lambda: pem(key(1024)), "1024 bits, which is too weak"),
    "unknown scheme": (lambda: "gcpkms:projects/acme/keys/1", "unknown key scheme 'gcpkms:'"),
    "PEM in base64": (lambda: b64encode(pem().encode()).decode(), "base64 -d"),
    "missing file": (lambda: "file:/nowhere/server.key", "/nowhere/server.key cannot be read: No such file"),
    "missing variable": (lambda: "env:NO_SUCH_KEY", "Set NO_SUCH_KEY"),
}


@pytest.mark.parametrize("shape", UNREADABLE)
def test_each_mistake_has_its_own_message(shape: str) -> None:
    text, expected = UNREADABLE[shape]
    with pytest.raises(ConfigError) as refusal:
        load_signer(text(), "SALESFORCE_PRIVATE_KEY")
    assert expected in str(refusal.value)
    assert "SALESFORCE_PRIVATE_KEY" in str(refusal.value) or "missing" in shape
    assert MASK not in redact(str(refusal.value))  # where messages are printed, this one comes through whole


@pytest.mark.parametrize("shape", UNREADABLE)
def test_no_message_or_frame_quotes_the_key(shape: str) -> None:
    text = UNREADABLE[shape][0]()
    with pytest.raises(ConfigError) as refusal:
        load_signer(text)
    lines = [line for line in text.splitlines() if len(line) >= 32 and "-----" not in line]
    assert [line for line in lines if line[:32] in leaks.shown(refusal.value)] == []


def test_a_wrong_passphrase_is_said_and_not_repeated() -> None:
    with pytest.raises(ConfigError, match="SALESFORCE_PRIVATE_KEY_PASSPHRASE") as refusal:
        load_signer(pem(encryption=ENCRYPTED), passphrase="hunter2")
    assert "hunter2" not in leaks.shown(refusal.value)


@pytest.mark.parametrize("reference", ["file:{}", "file://{}"])
def test_a_key_is_read_from_a_file(tmp_path: Path, reference: str) -> None:
    file = tmp_path / "given" / "server.key"
    file.parent.mkdir()
    file.write_text(pem())
    assert signs(load_signer(reference.format(file)), key())


def test_a_key_file_in_the_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "given"))
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "server.key").write_text(pem())
    assert signs(load_signer("file:~/server.key"), key())


def test_a_key_file_in_another_shape_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "given" / "server.der"
    file.parent.mkdir()
    file.write_bytes(key().private_bytes(serialization.Encoding.DER, PKCS8, PLAIN))
    with pytest.raises(ConfigError, match="openssl pkey"):
        load_signer(f"file:{file}")


def as_der() -> bytes:
    return key().private_bytes(serialization.Encoding.DER, PKCS8, PLAIN)


WRONG_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    **{shape: (lambda make=make: make().encode(), text) for shape, (make, text) in UNREADABLE.items() if "-" in make()},
    "empty": (lambda: b"", "is empty"),
    "no PEM": (lambda: b"hello", "BEGIN PRIVATE KEY"),
    "DER": (as_der, "openssl pkey -inform DER"),
    "DER without its lines": (lambda: b64encode(as_der()), "copy the whole file, first and last line too"),
    "PEM in base64": (lambda: b64encode(pem().encode()), "base64 -d"),
    "PEM in base64, in lines": (lambda: encodebytes(pem().encode()), "base64 -d"),
    "UTF-16": (lambda: pem().encode("utf-16"), "iconv -f UTF-16"),
    "UTF-16 without its mark": (lambda: pem().encode("utf-16-be"), "iconv -f UTF-16"),
    "10 MB": (lambda: b"\0" * 10_000_000, "larger than 64 KiB"),
}


@pytest.mark.parametrize("shape", WRONG_FILES)
@pytest.mark.parametrize("door", ["settings", "doctor"])
def test_a_wrong_key_file_is_told_with_its_place_and_the_next_step(
    door: str, *, shape: str, tmp_path: Path, environment: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "given" / "server.key"
    file.parent.mkdir()
    content, step = WRONG_FILES[shape]
    file.write_bytes(held := content())
    environment(login_url="https://acme.my.salesforce.com", client_id="3MVG9invented", username="agent@acme.example")
    environment(private_key_file=str(file))
    if door == "settings":
        with pytest.raises(ConfigError) as refusal:
            connect()
        told = redact(str(refusal.value))  # as commands print it
    else:
        assert run(["doctor", "--json"]) == 2
        (check, *_) = json.loads(capsys.readouterr().out)["checks"]
        told = " ".join(check["evidence"])
    assert step in told
    assert str(file) in told
    assert "SALESFORCE_PRIVATE_KEY_FILE" in told
    assert MASK not in told
    body = "".join(held.decode("latin-1").split()).replace("\0", "")
    assert not any(body[at : at + 24] in told for at in range(40, min(len(body), 2000), 24) if body[at].isalnum())


def test_a_name_in_another_encoding_before_the_key_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "given" / "server.key"
    file.parent.mkdir()
    file.write_bytes("    friendlyName: Zoë\n".encode("latin-1") + pem().encode())
    assert signs(load_signer(f"file:{file}"), key())


@pytest.mark.parametrize("name", ["~nobody-of-this-name/server.key", "nul\0.key"])
def test_a_path_that_cannot_be_one_is_no_traceback(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_signer(f"file:{name}")


def test_a_huge_file_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "disk.img"
    file.write_bytes(b"\0" * 65 * 1024)
    with pytest.raises(ConfigError, match="larger than 64 KiB"):
        load_signer(f"file:{file}")


def through_pipe(path: Path, content: str) -> str:
    os.mkfifo(path)

    def write() -> None:
        with suppress(BrokenPipeError), path.open("w") as pipe:
            pipe.write(content)

    threading.Thread(target=write, daemon=True).start()
    return f"file:{path}"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_key_is_read_from_a_pipe(tmp_path: Path) -> None:
    assert signs(load_signer(through_pipe(tmp_path / "pipe", pem())), key())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere a pipe without a writer is empty at once")
def test_a_pipe_into_which_nobody_writes_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orgkey.keys.builtin._PATIENCE", 0.1)
    os.mkfifo(tmp_path / "pipe")
    release = threading.Timer(5.0, lambda: (tmp_path / "pipe").write_text(""))  # so that a failure does not hang
    release.daemon = True
    release.start()
    with pytest.raises(
        ConfigError, match=r"pipe cannot be read: it is a pipe, and nobody wrote a key into it for 0\.1 s"
    ):
        load_signer(f"file:{tmp_path / 'pipe'}")
    release.cancel()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_the_limit_on_size_holds_for_what_has_no_size(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="larger than 64 KiB"):
        load_signer(through_pipe(tmp_path / "pipe", "\0" * 200_000))


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Name the key file in it"):
        load_signer(f"file:{tmp_path}")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_key_file_of_somebody_else_is_told(tmp_path: Path) -> None:
    file = tmp_path / "server.key"
    file.write_text("")
    file.chmod(0)
    with pytest.raises(ConfigError, match=r"Permission denied\. Check the path, and that this user may read it"):
        load_signer(f"file:{file}")


def test_a_key_is_read_from_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_KEY", pem())
    assert signs(load_signer("env:AGENT_KEY"), key())


def test_a_key_in_a_variable_is_checked_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_KEY", public_pem())
    with pytest.raises(ConfigError, match="holds a public key"):
        load_signer("env:AGENT_KEY")


def test_a_signer_shows_no_key_and_stays_in_the_process() -> None:
    signer = load_signer(pem())
    assert isinstance(signer, RSASigner)
    assert repr(signer) == "RSASigner(2048 bit)"
    assert copy.deepcopy(signer) is signer
    assert copy.copy(signer) is signer
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(signer)
