import os

import langchain_salesforce as tools

tool = tools.SalesforceTool(username=os.environ["SF_USERNAME"],
                            password=os.environ["SF_PASSWORD"],
                            security_token=os.environ["SF_TOKEN"])
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
