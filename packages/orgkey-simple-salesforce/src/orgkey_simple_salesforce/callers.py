"""Who called: the first line of the program that is not simple-salesforce's or of a package of ours."""

from __future__ import annotations

import inspect
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["caller", "warn"]

_OURS: Final = ("simple_salesforce.", "orgkey_")


def caller() -> FrameType | None:
    """The frame of the program's own code that led here; None where there is none."""
    frame = inspect.currentframe()
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    return frame


def warn(text: str, category: type[Warning]) -> None:
    """Warn at the line of :func:`caller`, by its place alone.

    Python prints the source of the line that a warning names, and a call that carries a password may stand there: each
    run would put it into a log. What stands in angle brackets is no file to it, so nothing is read.
    """
    frame = caller()
    if frame is None:
        warnings.warn(text, category, stacklevel=2)
        return
    names = frame.f_globals
    warnings.warn_explicit(
        text,
        category,
        f"<{frame.f_code.co_filename}>",
        frame.f_lineno,
        module=names.get("__name__", "<unknown>"),
        registry=names.setdefault("__warningregistry__", {}),
    )


def _is_ours(frame: FrameType) -> bool:
    return f"{frame.f_globals.get('__name__', '')}.".startswith(_OURS)
