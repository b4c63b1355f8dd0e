"""PEM text to a Signer, with a message of its own for each way in which people get it wrong."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from orgkey.errors import ConfigError
from orgkey.keys.signer import RSASigner

if TYPE_CHECKING:
    from orgkey.secrets import Secret

__all__ = ["signer_from_pem"]

_MINIMUM_BITS: Final = 2048

_PEM_IN_BASE64: Final = b64encode(b"-----BEGIN ").decode().rstrip("=")[:-1]

_NOT_A_PRIVATE_KEY: Final = {
    "PUBLIC KEY": "holds a public key, where the private key belongs. The private key is the one that stays with you; "
    "its certificate is what Salesforce gets",
    "CERTIFICATE REQUEST": "holds a certificate request, where the private key belongs",
    "CERTIFICATE": "holds a certificate, where the private key belongs. The certificate goes into the Salesforce app",
    "OPENSSH PRIVATE KEY": "holds an OpenSSH key. Make an RSA key in PEM form: openssl genrsa -out server.key 2048",
}


def signer_from_pem(pem: Secret, where: str, passphrase: Secret | None = None) -> RSASigner:
    """The signer for a PEM private key (RFC 7468; PKCS#8 or PKCS#1).

    ``where`` names the setting in messages. Raises :class:`~orgkey.errors.ConfigError`; no message quotes the key.
    """
    problem = _shape_problem(pem, passphrase)
    if problem:
        raise ConfigError(f"{where} {problem}.")
    return _parse(pem, where, passphrase)


def _shape_problem(pem: Secret, passphrase: Secret | None) -> str:
    if not pem.reveal().strip():
        return "is empty. It takes the private key in PEM form, or a reference such as file:/run/secrets/server.key"
    if "-----BEGIN " not in pem.reveal():
        return _not_pem(pem)
    if "\\n" in pem.reveal():
        return (
            r"has the two characters \n where line breaks belong, as happens to quoted .env files and CI secrets. "
            "Store the key with real line breaks, or in a file that SALESFORCE_PRIVATE_KEY_FILE names"
        )
    if "PRIVATE KEY-----" not in pem.reveal() or "OPENSSH" in pem.reveal():
        for label, problem in _NOT_A_PRIVATE_KEY.items():
            if f"BEGIN {label}-----" in pem.reveal() or f"BEGIN RSA {label}-----" in pem.reveal():
                return problem
        return "holds no private key, where one belongs"
    if "-----END " not in pem.reveal():
        return "is cut off: the line '-----END ... PRIVATE KEY-----' is missing. Copy the whole file"
    if "ENCRYPTED" in pem.reveal() and passphrase is None:
        return (
            "is encrypted, and no passphrase is given. Set SALESFORCE_PRIVATE_KEY_PASSPHRASE, or remove the passphrase "
            "with: openssl pkey -in server.key -out plain.key"
        )
    return ""


def _not_pem(pem: Secret) -> str:
    # No text here quotes a whole BEGIN line: redact() takes what follows one for the key, and would mask the remedy.
    if "B\0E\0G\0I\0N" in pem.reveal():
        return (
            "is UTF-16, as some Windows editors save text, where UTF-8 belongs. Save it anew: "
            "iconv -f UTF-16 -t UTF-8 server.key > utf8.key"
        )
    if "\ufffd" in pem.reveal():
        return (
            "is no text. Convert it to PEM. DER: openssl pkey -inform DER -in server.der -out server.key; "
            "PKCS#12: openssl pkcs12 -in server.p12 -nocerts -nodes -out server.key; a Java keystore goes to PKCS#12 "
            "first: keytool -importkeystore -srckeystore server.jks -destkeystore server.p12 -deststoretype PKCS12"
        )
    if "".join(pem.reveal().split()).startswith(_PEM_IN_BASE64):
        return "is a PEM text that was put into base64 once more. Decode it first: base64 -d encoded.txt > server.key"
    return (
        "is no PEM text: it has no line that says BEGIN PRIVATE KEY. If it is the name of a file, write file:NAME or "
        "use SALESFORCE_PRIVATE_KEY_FILE. If it is the middle of a key, copy the whole file, first and last line too"
    )


def _parse(pem: Secret, where: str, passphrase: Secret | None) -> RSASigner:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    encrypted = "ENCRYPTED" in pem.reveal()
    try:
        key = load_pem_private_key(
            pem.reveal().encode(), passphrase.reveal().encode() if encrypted and passphrase else None
        )
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        reason = (
            "cannot be decrypted with the passphrase given (SALESFORCE_PRIVATE_KEY_PASSPHRASE)"
            if encrypted
            else "cannot be read as a private key; the text may be damaged or incomplete"
        )
        # The parser's own words may quote the input, so they are not passed on.
        raise ConfigError(f"{where} {reason}. Check it with: openssl pkey -in server.key -noout") from (
            None if isinstance(error, ValueError) else error
        )
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError(
            f"{where} holds a key that is not RSA. Salesforce's JWT Bearer flow takes RS256 only: "
            "openssl genrsa -out server.key 2048"
        )
    if key.key_size < _MINIMUM_BITS:
        raise ConfigError(
            f"{where} holds an RSA key of {key.key_size} bits, which is too weak. "
            f"Make one of {_MINIMUM_BITS} bits or more: openssl genrsa -out server.key 2048"
        )
    return RSASigner(key)
