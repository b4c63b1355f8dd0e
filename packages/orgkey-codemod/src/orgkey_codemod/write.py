"""Writing what changed: each file at once or not at all, with its mode, and only if nobody else changed it since."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from orgkey_codemod.model import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

__all__ = ["is_dirty", "write"]


def write(root: Path, before: Mapping[PurePosixPath, bytes], changed: Mapping[PurePosixPath, bytes]) -> list[Failure]:
    """Write the changed files; those that could not be written are named, and stay as they were."""
    failures: list[Failure] = []
    for path, content in changed.items():
        target = root / path
        try:
            if target.read_bytes() != before[path]:
                failures.append(Failure(path, "was changed by somebody else during the run: run it again"))
                continue
            _replace(target, content)
        except OSError as error:
            failures.append(Failure(path, f"cannot be written: {error.strerror}"))
    return failures


def _replace(target: Path, content: bytes) -> None:
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
    """Whether git knows of changes that are not committed; False where there is no repository."""
    command = ["git", "-C", str(root), "status", "--porcelain", "--untracked-files=no"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and bool(done.stdout.strip())
