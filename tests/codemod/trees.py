"""Small repositories for the command to be run on, written down as names and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["lay_out"]


def lay_out(folder: Path, files: Mapping[str, str]) -> Path:
    """Write ``files`` into ``given`` below ``folder``, and return that."""
    given = folder / "given"
    for name, text in files.items():
        (given / name).parent.mkdir(parents=True, exist_ok=True)
        (given / name).write_text(text)
    return given
