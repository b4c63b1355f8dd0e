import os

from orgkey_langchain import SalesforceTool

tool = SalesforceTool(username=os.environ["SF_USERNAME"])
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
