"""A tool call as models and old versions of LangChain write it: also without its type, and without an id."""

from __future__ import annotations

from typing import Any, Final

from langchain_core.tools import BaseTool

__all__ = ["CallableTool"]

_SHAPE: Final = {"name", "args", "id"}
_NO_ID: Final = "no-id"


class CallableTool(BaseTool):
    """A tool that knows a ToolCall which lacks ``type``: langchain-core before 0.3.30 makes such ones."""

    def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002  # LangChain's name
        """What the tool gives; for a ToolCall a ToolMessage, and only its content where the call has no id."""
        if not _lacks_type(input):
            return super().invoke(input, config, **kwargs)
        return _answer(input, super().invoke(_typed(input), config, **kwargs))

    async def ainvoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002
        """As :meth:`invoke`, for a task."""
        if not _lacks_type(input):
            return await super().ainvoke(input, config, **kwargs)
        return _answer(input, await super().ainvoke(_typed(input), config, **kwargs))


def _lacks_type(given: Any) -> bool:
    return isinstance(given, dict) and given.keys() == _SHAPE and isinstance(given["args"], dict)


def _typed(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "id": given["id"] or _NO_ID, "type": "tool_call"}


def _answer(given: dict[str, Any], message: Any) -> Any:
    return message if given["id"] else message.content
