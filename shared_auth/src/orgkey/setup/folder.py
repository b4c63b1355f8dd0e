"""Writes a folder whole or not at all: an interruption leaves nothing behind that looks finished."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orgkey.errors import ConfigError
from orgkey.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

if sys.platform != "win32":
    import fcntl

__all__ = ["File", "refuse_existing", "write_folder"]

_UNFINISHED: Final = ".orgkey-unfinished-"
_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class File:
    """One file: its path in the folder and what is in it. A Secret is readable by its owner alone."""

    path: str
    content: str | Secret = field(repr=False)


def refuse_existing(target: Path) -> None:
    """Raise :class:`~orgkey.errors.ConfigError` where something is at ``target`` that must not be overwritten."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise ConfigError(f"{target} exists and is not a folder. Choose another place with --out.")
    with _told(target):
        if target.is_dir() and target.samefile(Path.cwd()):
            raise ConfigError("The present folder cannot be made anew. Name another one with --out.")
        if target.is_dir() and any(target.iterdir()):
            raise ConfigError(f"{target} exists and is not empty. Nothing is overwritten: choose another --out.")


def write_folder(target: Path, files: Iterable[File]) -> None:
    """Write ``files`` as the folder ``target``, which appears when all of them are on the disk.

    What an interrupted run left beside it is removed first; a run that is under way is waited for. Raises
    :class:`~orgkey.errors.ConfigError` where the folder exists or cannot be written.
    """
    refuse_existing(target)
    with _told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(target.parent), _staging(target) as staging:
            refuse_existing(target)  # by whoever was waited for
            for file in files:
                _write(staging / file.path, file.content)
            if target.is_dir():
                target.rmdir()
            staging.rename(target)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other run writes into ``folder``: each would take the other's unfinished one for left behind.

    The lock ends with its process, however that ends. Where the system has no such lock, nobody waits.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems lock no folders
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    prefix = f"{_UNFINISHED}{target.name}-"
    for left_behind in target.parent.glob(f"{prefix}*"):
        shutil.rmtree(left_behind)
    staging = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))  # readable by its owner alone
    try:
        yield staging
    finally:
        with suppress(OSError):
            shutil.rmtree(staging)


@contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{target} cannot be written: {error.strerror or type(error).__name__}. "
            "Nothing was changed: check the place and its permissions, or choose another --out."
        ) from None


def _write(path: Path, content: str | Secret) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = _OWNER_ONLY if isinstance(content, Secret) else 0o644
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(content.reveal() if isinstance(content, Secret) else content)
        file.flush()
        os.fsync(file.fileno())
