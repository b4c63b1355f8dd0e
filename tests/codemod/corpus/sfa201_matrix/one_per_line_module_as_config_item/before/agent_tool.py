import json
import os

import langchain_salesforce as tools

config = json.loads(os.environ["SF_LOGIN"])
tool = tools.SalesforceTool(
    username=config["username"],
    password=config["password"],
    security_token=config["security_token"],
    domain="test",
)
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
