"""A LlamaIndex model that says what it was told to: one tool call after the other, then what the tools answered."""

from __future__ import annotations

from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, LLMMetadata, MessageRole
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection


class ScriptedLLM(FunctionCallingLLM):
    """``calls`` are pairs of a tool's name and its arguments. Its last word is all answers, one a line.

    ``turns`` is how often it was asked.
    """

    calls: list[Any]
    turns: int = 0

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(is_function_calling_model=True, model_name="scripted")

    def _answer(self, messages: Any) -> ChatResponse:
        self.turns += 1
        answers = [message for message in messages if message.role == MessageRole.TOOL]
        done = len(answers)
        if done < len(self.calls):
            name, arguments = self.calls[done]
            call = ToolSelection(tool_id=f"call-{done}", tool_name=name, tool_kwargs=arguments)
            message = ChatMessage(role=MessageRole.ASSISTANT, content="", additional_kwargs={"tool_calls": [call]})
        else:
            text = "\n".join(str(answer.content) for answer in answers)
            message = ChatMessage(role=MessageRole.ASSISTANT, content=text)
        return ChatResponse(message=message)

    def _prepare_chat_with_tools(
        self, tools: Any, user_msg: Any = None, chat_history: Any = None, **options: Any
    ) -> dict[str, Any]:
        return {"messages": list(chat_history or []) + ([user_msg] if user_msg else [])}

    def get_tool_calls_from_response(self, response: Any, *, error_on_no_tool_call: bool = True, **options: Any) -> Any:
        return response.message.additional_kwargs.get("tool_calls", [])

    def chat(self, messages: Any, **options: Any) -> Any:
        return self._answer(messages)

    async def achat(self, messages: Any, **options: Any) -> Any:
        return self._answer(messages)

    async def astream_chat(self, messages: Any, **options: Any) -> Any:
        async def stream() -> Any:
            yield self._answer(messages)

        return stream()

    def stream_chat(self, messages: Any, **options: Any) -> Any:
        yield self._answer(messages)

    def complete(self, prompt: str, **options: Any) -> Any:
        raise NotImplementedError

    async def acomplete(self, prompt: str, **options: Any) -> Any:
        raise NotImplementedError

    def stream_complete(self, prompt: str, **options: Any) -> Any:
        raise NotImplementedError

    async def astream_complete(self, prompt: str, **options: Any) -> Any:
        raise NotImplementedError
