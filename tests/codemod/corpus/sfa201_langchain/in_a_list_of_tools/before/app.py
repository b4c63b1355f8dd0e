import os

from langchain.agents import create_agent
from langchain_salesforce import SalesforceTool

agent = create_agent(
    "openai:gpt-5",
    tools=[SalesforceTool(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])],
)
