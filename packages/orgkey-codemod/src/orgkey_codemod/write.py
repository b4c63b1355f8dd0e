"""Writing what changed: each file at once or not at all, with its mode, and only if nobody else changed it since."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from orgkey_codemod.model import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import PurePosixPath

__all__ = ["has_git", "is_dirty", "unwritable", "write"]


def unwritable(root: Path, before: Mapping[PurePosixPath, bytes], paths: Sequence[PurePosixPath]) -> list[Failure]:
    """The files that cannot be written, or that are no longer what was read: known before the first is touched."""
    failures = (_problem(root / path, before[path]) for path in paths)
    return [Failure(path, message) for path, message in zip(paths, failures, strict=True) if message is not None]


def write(root: Path, before: Mapping[PurePosixPath, bytes], changed: Mapping[PurePosixPath, bytes]) -> list[Failure]:
    """Write the changed files; those that could not be written are named, and stay as they were."""
    failures: list[Failure] = []
    for path, content in changed.items():
        problem = _problem(root / path, before[path])
        try:
            if problem is None:
                _replace((root / path).resolve(), content)
        except OSError as error:
            problem = f"cannot be written: {error.strerror}"
        if problem is not None:
            failures.append(Failure(path, problem))
    return failures


def _problem(target: Path, expected: bytes) -> str | None:
    try:
        if target.read_bytes() != expected:
            return "was changed by somebody else during the run: run it again"
    except OSError as error:
        return f"cannot be read again: {error.strerror}"
    if not os.access(target.resolve().parent, os.W_OK) or not os.access(target, os.W_OK):
        return "cannot be written: Permission denied"
    return None


def _replace(target: Path, content: bytes) -> None:
    import tempfile

    mode = target.stat().st_mode
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def is_dirty(root: Path) -> bool:
    """Whether git knows of changes below a folder that are not committed; False where there is no repository."""
    return bool(_git(root, "status", "--porcelain", "--untracked-files=no", "--", "."))


def has_git(root: Path) -> bool:
    """Whether git keeps anything of a folder, so that it can bring it back."""
    return bool(_git(root, "ls-files", "--", "."))


def _git(root: Path, *words: str) -> bytes:
    command = ["git", "-C", str(root), *words]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout.strip() if done.returncode == 0 else b""
