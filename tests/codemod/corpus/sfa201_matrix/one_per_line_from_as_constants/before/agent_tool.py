import os

from langchain_salesforce import SalesforceTool as Tool

USERNAME = os.environ["SF_USERNAME"]
PASSWORD = os.environ["SF_PASSWORD"]
SECURITY_TOKEN = os.environ["SF_SECURITY_TOKEN"]

tool = Tool(
    username=USERNAME,
    password=PASSWORD,
    security_token=SECURITY_TOKEN,
)
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
