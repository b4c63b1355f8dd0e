import os

from llama_index.core.agent.workflow import FunctionAgent
from orgkey_llama_index import SalesforceToolSpec

tools = SalesforceToolSpec(username=os.environ["SF_USERNAME"]).to_tool_list()
agent = FunctionAgent(tools=tools, llm=None)
