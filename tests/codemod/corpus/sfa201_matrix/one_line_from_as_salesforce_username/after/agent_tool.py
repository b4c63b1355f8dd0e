
from orgkey_langchain import SalesforceTool as Tool

tool = Tool(domain="test")
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
