import os

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.tools.salesforce import SalesforceToolSpec

tools = SalesforceToolSpec(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"]).to_tool_list()
agent = FunctionAgent(tools=tools, llm=None)
