"""The key sources that come with the core: ``file:`` and ``env:``."""

from __future__ import annotations

import errno
import os
import select
from pathlib import Path
from typing import Final

from orgkey.errors import ConfigError
from orgkey.plugins import KeySourcePlugin, hookimpl
from orgkey.secrets import MASK, Secret, shown, shown_path

__all__ = ["orgkey_key_sources"]

_LARGEST_KEY_FILE: Final = 64 * 1024
_PATIENCE: Final = 10.0  # seconds


def _from_file(name: str) -> Secret:
    try:
        path = Path(name.removeprefix("//")).expanduser()
        # What is no UTF-8 is replaced, not refused: a decoding error would carry the key's bytes.
        with open(path, encoding="utf-8", errors="replace", opener=_open) as file:
            key = Secret(file.read(_LARGEST_KEY_FILE + 1))
    except IsADirectoryError:
        raise ConfigError(f"{name} is a folder. Name the key file in it: file:{name}/server.key") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise _unreadable(name, error) from None
    if len(key.reveal()) > _LARGEST_KEY_FILE:
        raise ConfigError(
            f"Key file {path} is larger than {_LARGEST_KEY_FILE // 1024} KiB: that is no key. "
            "Name the private key's own file, such as server.key."
        )
    return key


def _open(name: str, flags: int) -> int:
    """Open a key file; a pipe, as a shell makes one of ``<(command)``, only where somebody writes into it."""
    if not Path(name).is_fifo():
        return os.open(name, flags)
    descriptor = os.open(name, flags | os.O_NONBLOCK)
    if not select.select([descriptor], [], [], _PATIENCE)[0]:
        os.close(descriptor)
        raise TimeoutError(errno.ETIMEDOUT, f"it is a pipe, and nobody wrote a key into it for {_PATIENCE:g} s")
    os.set_blocking(descriptor, True)
    return descriptor


def _unreadable(name: str, error: Exception) -> ConfigError:
    if shown_path(name) == MASK:
        return ConfigError(
            "What stands there names no file, and may be the key itself, so it is not shown. A path belongs there; a "
            "key, whole and in PEM form, goes into SALESFORCE_PRIVATE_KEY."
        )
    reason = error.strerror if isinstance(error, OSError) else error
    return ConfigError(
        f"Key file {name} cannot be read: {reason}. Check the path, and that this user may read it: ls -l"
    )


def _from_environment(name: str) -> Secret:
    if name not in os.environ:
        named = shown(name)
        raise ConfigError(
            f"The key reference env:{named} names a variable that is not set. "
            + (f"Set {named}, or correct it." if named == name else "The name of a variable belongs after env:.")
        )
    return Secret(os.environ[name])


@hookimpl
def orgkey_key_sources() -> list[KeySourcePlugin]:
    """``file:`` and ``env:``."""
    return [KeySourcePlugin("file", _from_file), KeySourcePlugin("env", _from_environment)]
