"""Who called: the first line of the program that is not simple-salesforce's or of a package of ours."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["caller", "stacklevel"]

_OURS: Final = ("simple_salesforce.", "orgkey_")


def caller() -> FrameType | None:
    """The frame of the program's own code that led here; None where there is none."""
    frame = inspect.currentframe()
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    return frame


def stacklevel() -> int:
    """What to give :func:`warnings.warn` so that the warning names the line of :func:`caller`."""
    level, frame = 0, inspect.currentframe()
    while frame is not None and _is_ours(frame):
        level, frame = level + 1, frame.f_back
    return level


def _is_ours(frame: FrameType) -> bool:
    return f"{frame.f_globals.get('__name__', '')}.".startswith(_OURS)
