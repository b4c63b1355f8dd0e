import os

from langchain_salesforce import SalesforceTool

tool = SalesforceTool(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
