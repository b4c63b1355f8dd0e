import os
import sys

import orgkey_langchain as tools

tool = tools.SalesforceTool(username=os.getenv('SFDC_USER'))
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
sys.exit(0)
