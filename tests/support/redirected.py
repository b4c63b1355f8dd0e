"""Starts a command with a stream that is closed, or that leads to a full disk, as a shell would."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CLOSED", "FULL", "redirected", "unix_only"]

CLOSED = (">&-", "2>&-", ">&- 2>&-")
FULL = (">/dev/full", ">/dev/full 2>/dev/full")

unix_only = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


def redirected(command: Sequence[str], how: str, *, unbuffered: bool) -> subprocess.CompletedProcess[str]:
    """What comes of ``command`` with the redirection ``how``, in the shell's words."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1" if unbuffered else ""}
    line = ["sh", "-c", f'exec "$0" "$@" {how}', *command]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=60)
