"""Master keys: what wraps the tenants' data keys. A file or a variable on this machine, or AWS KMS."""

from __future__ import annotations

import base64
import codecs
import os
import shlex
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import orgkey
from orgkey_tenants.atfork import renew_after_fork
from orgkey_tenants.errors import KeyServiceUnavailable, SealBroken, local
from orgkey_tenants.settings import plugin_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["AWSKeyWrapper", "KeyWrapper", "LocalKeyWrapper", "NoMasterKey", "open_wrapper"]

_KEY: Final = 32
_NONCE: Final = 12
_READ_BY_OTHERS: Final = 0o077
_UTF8_MARK: Final = codecs.BOM_UTF8.decode("latin-1")
_UTF16_MARKS: Final = tuple(mark.decode("latin-1") for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
_RESTORE: Final = (
    "Find it or restore it from a backup, and put it there: no other key opens what this store's tenants were sealed "
    "under."
)
_PRINT: Final = "`openssl rand -base64 32` prints a new one."


class NoMasterKey(orgkey.ConfigError):
    """There is no usable master key where one should be.

    ``make`` says how to make one, which is for a store without tenants alone: a new key opens nothing that is there.
    """

    make: str = _PRINT


class KeyWrapper(Protocol):
    """Wraps data keys under a master key that does not leave it."""

    @property
    def master(self) -> str:
        """The id of the key that wraps now."""
        ...

    def wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        """``key`` wrapped, bound to ``context``. Raises :class:`~orgkey_tenants.KeyServiceUnavailable`."""
        ...

    def unwrap(self, wrapped: bytes, context: Mapping[str, str], master: str) -> bytes:
        """The key. ``master`` is the id it was wrapped under.

        Raises :class:`~orgkey_tenants.SealBroken` where it does not open with that context, and
        :class:`~orgkey_tenants.KeyServiceUnavailable`.
        """
        ...


class LocalKeyWrapper:
    """Master keys held in this process: the first one wraps, the others only open what they wrapped before."""

    def __init__(self, keys: list[bytes]) -> None:
        self._ciphers = {_id_of(key): AESGCM(key) for key in keys}
        self._master = next(iter(self._ciphers))

    @property
    def master(self) -> str:
        """The id of the first key: a hash of it."""
        return self._master

    def wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        """Wrap by AES-256-GCM."""
        nonce = os.urandom(_NONCE)
        return nonce + self._ciphers[self._master].encrypt(nonce, key, _bound(context))

    def unwrap(self, wrapped: bytes, context: Mapping[str, str], master: str) -> bytes:
        """Unwrap with the key that wrapped it."""
        cipher = self._ciphers.get(master)
        if cipher is None:
            fact = f"wrapped under master key {master}; here are {', '.join(self._ciphers)}"
            raise local(SealBroken, "TENANT_SEAL_BROKEN", f"tenant {context.get('tenant', '')!r}", fact)
        try:
            return cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _bound(context))
        except (InvalidTag, ValueError):
            where = f"in the environment {context.get('environment', '')!r}"
            fact = f"its data key {context.get('dek_version', '')} does not open with master key {master} {where}"
            raise local(SealBroken, "TENANT_SEAL_BROKEN", f"tenant {context.get('tenant', '')!r}", fact) from None

    def __repr__(self) -> str:
        return f"<LocalKeyWrapper {self._master}>"


class AWSKeyWrapper:
    """AWS KMS with an encryption context. The master key never leaves it.

    ``name`` is a key id, ARN or alias; ``?endpoint=`` and ``?region=`` after it say where it is.
    """

    def __init__(self, name: str) -> None:
        self._master, _, query = name.partition("?")
        self._given = {key: values[-1] for key, values in parse_qs(query).items()}
        self._kms: Any = self._client()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """The client's connections are the parent's: the next call makes another one."""
        self._of_the_parent, self._kms = self._kms, None

    def _client(self) -> Any:
        try:
            import boto3  # type: ignore[import-untyped]  # it brings no types
            from botocore.config import Config  # type: ignore[import-untyped]  # nor does this
        except ModuleNotFoundError:
            raise orgkey.ConfigError("awskms: keys need boto3: pip install 'orgkey-tenants[aws]'") from None
        limits = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 2})
        place = {"region_name": self._given.get("region"), "endpoint_url": self._given.get("endpoint")}
        return boto3.client("kms", config=limits, **place)

    @property
    def master(self) -> str:
        """The key id, ARN or alias as it was given."""
        return self._master

    def wrap(self, key: bytes, context: Mapping[str, str]) -> bytes:
        """KMS Encrypt."""
        answer = self._ask("encrypt", context, KeyId=self._master, Plaintext=key)
        wrapped: bytes = answer["CiphertextBlob"]
        return wrapped

    def unwrap(self, wrapped: bytes, context: Mapping[str, str], master: str) -> bytes:
        """KMS Decrypt."""
        key: bytes = self._ask("decrypt", context, KeyId=master, CiphertextBlob=wrapped)["Plaintext"]
        return key

    def _ask(self, operation: str, context: Mapping[str, str], **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # nor these

        if self._kms is None:
            self._kms = self._client()
        try:
            return getattr(self._kms, operation)(EncryptionContext=dict(context), **arguments)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in {"InvalidCiphertextException", "IncorrectKeyException"}:
                tenant = f"tenant {context.get('tenant', '')!r}"
                raise local(SealBroken, "TENANT_SEAL_BROKEN", tenant, f"KMS: {code}") from None
            raise local(KeyServiceUnavailable, "KEY_SERVICE_UNAVAILABLE", f"KMS {operation}: {code}") from None
        except BotoCoreError as error:
            fact = f"KMS {operation}: {type(error).__name__}"
            raise local(KeyServiceUnavailable, "KEY_SERVICE_UNAVAILABLE", fact) from None


def open_wrapper(uri: str, *, is_new: Callable[[], bool] = lambda: False) -> KeyWrapper:
    """The key wrapper that ``uri`` names: ``file:master.key``, ``env:VARIABLE``, ``awskms:alias/tenants``.

    ``is_new`` says whether its store is known to have no tenant: whoever has some is never told to make another key.

    Raises :class:`orgkey.ConfigError` where there is no usable master key: nothing is ever stored without one.
    """
    if not uri:
        raise orgkey.ConfigError(
            "No master key is named (ORGKEY_TENANTS_KEYS, or keys=), and no refresh token is stored without one."
        )
    plugin = plugin_for(orgkey.KeyWrapperPlugin, "keys", uri)
    if any(map(_is_key, uri.partition(":")[2].split())):
        raise orgkey.ConfigError(
            "ORGKEY_TENANTS_KEYS (keys= in Python) holds a master key itself, and it takes the place of one: put the "
            "key into a file of mode 0600 and write file:PATH, or into a variable of its own and write env:VARIABLE. "
            "Where a log or a process list has seen it, it is a leaked one: `orgkey tenants rotate-keys` moves to "
            "another."
        )
    try:
        wrapper: KeyWrapper = plugin.open(uri)
    except NoMasterKey as error:
        raise orgkey.ConfigError(f"{error} {error.make if is_new() else _RESTORE}") from None
    return wrapper


def open_file(uri: str) -> LocalKeyWrapper:
    """Master keys from a file, one in base64 on each line; the first one wraps."""
    path = Path(uri.partition(":")[2]).absolute()  # who reads a message may be in another folder
    try:
        mode = path.stat().st_mode
        text = _decoded(orgkey.Secret(path.read_bytes().decode("latin-1")))
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        problem = NoMasterKey(f"The master key file {path} (ORGKEY_TENANTS_KEYS) cannot be read: {reason}.")
        if isinstance(error, FileNotFoundError):
            # noclobber: whoever runs it once too often, or beside a key that came back, loses nothing.
            problem.make = f"Make it: (set -C; umask 077; openssl rand -base64 32 > {shlex.quote(str(path))})"
        raise problem from None
    if os.name == "posix" and mode & _READ_BY_OTHERS:
        mend = f"chmod 600 {shlex.quote(str(path))}"
        raise orgkey.ConfigError(f"The master key file {path} is open to others than its owner: {mend}")
    return LocalKeyWrapper(_keys(text, f"The master key file {path} (ORGKEY_TENANTS_KEYS)"))


def open_variable(uri: str) -> LocalKeyWrapper:
    """Master keys from an environment variable, in base64, separated by white space."""
    name = uri.partition(":")[2]
    if not name.isidentifier():
        raise orgkey.ConfigError(
            "ORGKEY_TENANTS_KEYS (keys= in Python) says env: and no name of a variable after it, such as "
            "env:TENANTS_MASTER_KEY. What it says is not repeated: it may be a secret."
        )
    text = orgkey.Secret(os.environ.get(name, ""))
    return LocalKeyWrapper(_keys(text, f"The variable {name} (ORGKEY_TENANTS_KEYS names it)"))


def _decoded(content: orgkey.Secret) -> orgkey.Secret:
    """The text of a file whose bytes are ``content``, one a character, as ASCII or as Windows marks UTF-8 and UTF-16.

    Raises UnicodeError. No frame here has anything of it among its locals.
    """
    return orgkey.Secret(content.reveal().encode("latin-1").decode(_encoding(content)))


def _encoding(content: orgkey.Secret) -> str:
    if content.reveal().startswith(_UTF16_MARKS):
        return "utf-16"
    return "utf-8-sig" if content.reveal().startswith(_UTF8_MARK) else "ascii"


def _keys(text: orgkey.Secret, where: str) -> list[bytes]:
    keys = []
    for number, line in enumerate(map(orgkey.Secret, text.reveal().removeprefix("\ufeff").split()), start=1):
        try:
            keys.append(base64.b64decode(line.reveal(), validate=True))
        except ValueError:
            raise NoMasterKey(f"{where} is damaged: key {number} is not base64.") from None
        if len(keys[-1]) != _KEY:
            fact = f"key {number} has {len(keys[-1])} bytes in base64, and it takes {_KEY}"
            raise NoMasterKey(f"{where} is damaged: {fact}.")
    if not keys:
        raise NoMasterKey(f"{where} holds no key.")
    return keys


def _is_key(word: str) -> bool:
    try:
        return len(base64.b64decode(word, validate=True)) == _KEY
    except ValueError:
        return False


def _id_of(key: bytes) -> str:
    return sha256(b"orgkey-tenants master key" + key).hexdigest()[:16]


def _bound(context: Mapping[str, str]) -> bytes:
    from orgkey_tenants.seal import associated_data

    return associated_data(*(part for pair in sorted(context.items()) for part in pair))
