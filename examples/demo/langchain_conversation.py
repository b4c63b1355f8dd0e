"""The example's LangChain agent, asked line by line: one answer a line."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from langchain.agents import create_agent
from langchain_agent import chat_model
from langchain_core.messages import HumanMessage

from orgkey_langchain import SalesforceToolkit

agent = create_agent(chat_model(), SalesforceToolkit(objects={"Contact"}).get_tools())
for question in sys.stdin:
    answer = agent.invoke({"messages": [HumanMessage(question)]})
    print(" ".join(str(answer["messages"][-1].content).split()), flush=True)
