import os

from orgkey_langchain import SalesforceTool

tool = SalesforceTool(os.environ["SF_USERNAME"])
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
