import json
import os

import orgkey_langchain as tools

config = json.loads(os.environ["SF_LOGIN"])
tool = tools.SalesforceTool(
    username=config["username"],
    domain="test",
)
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
