import os

import orgkey_langchain as tools

tool = tools.SalesforceTool(username=os.environ["SF_USERNAME"])
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
