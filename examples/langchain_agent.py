"""A LangChain agent that answers from Salesforce, without a password.

    python langchain_agent.py "How many contacts are there?"

Settings are orgkey's: SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID and a key or secret. MODEL names a chat model for
langchain's init_chat_model, such as openai:gpt-5; without it a stand-in plays the model, so that this runs anywhere.
"""

import os
import sys
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from orgkey_langchain import SalesforceToolkit


class StandIn(BaseChatModel):
    """Looks at the objects, counts contacts, and reports: what a model would decide by itself."""

    _llm_type = "stand-in"

    def bind_tools(self, tools: Any, **kwargs: Any) -> "StandIn":
        """Take the tools; the script below knows them."""
        del tools, kwargs
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        steps = [
            ("salesforce_describe", {"object_name": "Contact"}),
            ("salesforce_query", {"query": "SELECT COUNT() FROM Contact"}),
        ]
        turn = sum(isinstance(message, AIMessage) for message in messages)
        if turn < len(steps):
            name, arguments = steps[turn]
            answer = AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": str(turn), "type": "tool_call"}])
        else:
            answer = AIMessage(f"Salesforce says: {messages[-1].content}")
        return ChatResult(generations=[ChatGeneration(message=answer)])


def chat_model() -> BaseChatModel:
    """The model that MODEL names, or the stand-in."""
    if "MODEL" not in os.environ:
        return StandIn()
    from langchain.chat_models import init_chat_model

    return init_chat_model(os.environ["MODEL"])


def main() -> None:
    """Ask the agent. Its tools only read, and only these objects."""
    question = " ".join(sys.argv[1:]) or "How many contacts are there?"
    tools = SalesforceToolkit(objects={"Account", "Contact", "Case"}).get_tools()
    agent = create_agent(chat_model(), tools)
    answer = agent.invoke({"messages": [HumanMessage(question)]})
    print(answer["messages"][-1].content)


if __name__ == "__main__":
    main()
