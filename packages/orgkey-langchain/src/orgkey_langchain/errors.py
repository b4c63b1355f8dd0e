"""What tools fail with: LangChain's ToolException, so that ``handle_tool_error`` sees it, and what it was before."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NoReturn

from langchain_core.tools import ToolException

import orgkey
import orgkey_records

__all__ = ["ToolInputRefused", "as_tool_failure", "raise_refusal"]


class ToolInputRefused(ToolException, ValueError):
    """The input cannot be used; nothing was sent. As in langchain-salesforce it is a ValueError."""


def as_tool_failure(error: Exception) -> ToolException:
    """``error`` as a ToolException that is still of ``error``'s own class, attributes and all.

    ``handle_tool_error`` shows its text to the model; an ``except`` clause for the original class catches it as before.
    """
    original: Any = type(error)
    kind = _kind_of(original)
    failure: Any = kind.__new__(kind)
    failure.__dict__ |= error.__dict__
    failure.args = (orgkey.redact(str(error)),)
    failure.original = error
    return failure  # type: ignore[no-any-return]  # its class is made at run time


def raise_refusal(error: Any) -> NoReturn:
    """Raise an error of simple-salesforce's: as a tool's failure, unless it is for whoever runs the agent."""
    if orgkey_records.lost_access(error.status, error.content) is not None:
        raise error
    raise as_tool_failure(error) from error


@lru_cache(maxsize=64)
def _kind_of(kind: Any) -> Any:
    if issubclass(kind, ToolException):
        return kind
    return type(kind.__name__, (_Failure, kind), {"__module__": kind.__module__})


class _Failure(ToolException):
    """What all of them have: the text in place of the original's arguments."""

    original: Exception

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> tuple[object, ...]:
        return as_tool_failure, (self.original,)
