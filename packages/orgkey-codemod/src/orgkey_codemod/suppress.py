"""Comments that tell the rules to leave a line alone: ``# orgkey: ignore[SFA101] why``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ignores"]

_COMMENT: Final = re.compile(r"#\s*orgkey:\s*ignore(?:\[(?P<codes>[^\]]*)\])?")


def ignores(lines: Iterable[str], code: str) -> bool:
    """Whether a comment on one of these lines names a rule, or all rules at once.

    A login may also be named by the code of a plain login, SFA101: which of the rules speaks of it is a detail.
    """
    for line in lines:
        for match in _COMMENT.finditer(line):
            codes = match["codes"]
            if codes is None:
                return True
            named = {each.strip().upper() for each in codes.split(",")}
            if code in named or (code.startswith(("SFA1", "SFA8")) and "SFA101" in named):
                return True
    return False
