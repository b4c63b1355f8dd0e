import os

from langchain_salesforce import SalesforceTool
from simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
tool = SalesforceTool("", "", "", salesforce_client=sf)
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
