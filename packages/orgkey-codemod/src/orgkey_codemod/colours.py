"""Colours for a person at a terminal; files, pipes and programs get none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["are_wanted", "painted", "plain"]

_STYLES: Final = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def are_wanted(stream: TextIO) -> bool:
    """Whether a stream is a terminal that shows colours to somebody who did not refuse them (no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def painted(text: str, style: str) -> str:
    """A text in bold or in a colour."""
    return f"\033[{_STYLES[style]}m{text}\033[0m"


def plain(text: str, style: str) -> str:
    """A text as it is."""
    del style
    return text
