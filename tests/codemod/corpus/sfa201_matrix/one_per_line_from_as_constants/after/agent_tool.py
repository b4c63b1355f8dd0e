import os

from orgkey_langchain import SalesforceTool as Tool

USERNAME = os.environ["SF_USERNAME"]

tool = Tool(
    username=USERNAME,
)
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
