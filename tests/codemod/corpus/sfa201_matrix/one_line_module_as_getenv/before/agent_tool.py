import os
import sys

import langchain_salesforce as tools

tool = tools.SalesforceTool(username=os.getenv('SFDC_USER'), password=os.getenv('SFDC_PASS'), security_token=os.getenv('SFDC_TOKEN', ''))
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
sys.exit(0)
