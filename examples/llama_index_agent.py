"""A LlamaIndex agent that answers from Salesforce, without a password.

    python llama_index_agent.py "How many contacts are there?"

Settings are orgkey's: SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID and a key or secret. Put your own model in place of
the stand-in, which plays one so that this runs anywhere.
"""

import asyncio
import sys
import warnings
from typing import Any

warnings.filterwarnings("ignore", category=DeprecationWarning)  # LlamaIndex's own, of pydantic

from llama_index.core.agent.workflow import FunctionAgent  # noqa: E402  # after its warnings are off
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, LLMMetadata, MessageRole  # noqa: E402
from llama_index.core.llms import CustomLLM  # noqa: E402
from llama_index.core.llms.function_calling import FunctionCallingLLM  # noqa: E402
from llama_index.core.llms.llm import ToolSelection  # noqa: E402

from orgkey_llama_index import SalesforceToolSpec  # noqa: E402


class StandIn(FunctionCallingLLM, CustomLLM):
    """Counts contacts, and reports: what a model would decide by itself."""

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex asks of a model."""
        return LLMMetadata(is_function_calling_model=True, model_name="stand-in")

    async def achat(self, messages: Any, **kwargs: Any) -> Any:
        """Call a tool first, then say what it answered."""
        del kwargs
        last = messages[-1]
        if last.role == MessageRole.TOOL:
            return ChatResponse(message=ChatMessage(role="assistant", content=f"Salesforce says: {last.content}"))
        query = {"query": "SELECT COUNT(Id) contacts FROM Contact"}
        call = ToolSelection(tool_id="1", tool_name="execute_soql", tool_kwargs=query)
        message = ChatMessage(role="assistant", content="", additional_kwargs={"tool_calls": [call]})
        return ChatResponse(message=message)

    async def astream_chat(self, messages: Any, **kwargs: Any) -> Any:
        """Say the same in one piece."""
        answer = await self.achat(messages, **kwargs)

        async def pieces() -> Any:
            yield answer

        return pieces()

    def _prepare_chat_with_tools(
        self, tools: Any, user_msg: Any = None, chat_history: Any = None, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        del tools, user_msg, args, kwargs
        return {"messages": chat_history or []}

    def get_tool_calls_from_response(self, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The calls that the answer holds."""
        del args, kwargs
        return response.message.additional_kwargs.get("tool_calls", [])

    def complete(self, *args: Any, **kwargs: Any) -> Any:
        """Not asked of it."""
        raise NotImplementedError

    def stream_complete(self, *args: Any, **kwargs: Any) -> Any:
        """Not asked of it."""
        raise NotImplementedError


def make_agent() -> FunctionAgent:
    """The agent, with the tools of Salesforce."""
    return FunctionAgent(tools=[*SalesforceToolSpec().to_tool_list()], llm=StandIn())


async def main() -> None:
    """Ask it."""
    question = " ".join(sys.argv[1:]) or "How many contacts are there?"
    print(await make_agent().run(question))


if __name__ == "__main__":
    asyncio.run(main())
