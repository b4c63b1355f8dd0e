import os

from langchain.agents import create_agent
from orgkey_langchain import SalesforceTool

agent = create_agent(
    "openai:gpt-5",
    tools=[SalesforceTool(username=os.environ["SF_USERNAME"])],
)
