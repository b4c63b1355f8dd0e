"""The key sources that come with the core: ``file:`` and ``env:``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from orgkey.errors import ConfigError
from orgkey.plugins import KeySourcePlugin, hookimpl
from orgkey.secrets import Secret

__all__ = ["orgkey_key_sources"]

_LARGEST_KEY_FILE: Final = 64 * 1024


def _from_file(name: str) -> Secret:
    path = Path(name.removeprefix("//")).expanduser()
    try:
        with path.open(encoding="utf-8") as file:
            key = Secret(file.read(_LARGEST_KEY_FILE + 1))
    except UnicodeDecodeError:
        raise ConfigError(
            f"Key file {path} is not text. If it is DER, convert it: openssl pkey -in {path.name} -out server.key"
        ) from None
    except OSError as error:
        raise ConfigError(
            f"Key file {path} cannot be read: {error.strerror}. Check the path and its permissions."
        ) from None
    if len(key.reveal()) > _LARGEST_KEY_FILE:
        raise ConfigError(f"Key file {path} is larger than {_LARGEST_KEY_FILE // 1024} KiB: that is no key.")
    return key


def _from_environment(name: str) -> Secret:
    if name not in os.environ:
        raise ConfigError(f"The key reference env:{name} names a variable that is not set. Set {name}, or correct it.")
    return Secret(os.environ[name])


@hookimpl
def orgkey_key_sources() -> list[KeySourcePlugin]:
    """``file:`` and ``env:``."""
    return [KeySourcePlugin("file", _from_file), KeySourcePlugin("env", _from_environment)]
