import os

from langchain_salesforce import SalesforceTool as Tool

tool = Tool(username=os.environ["SALESFORCE_USERNAME"], password=os.environ["SALESFORCE_PASSWORD"], security_token=os.environ["SALESFORCE_SECURITY_TOKEN"], domain="test")
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
