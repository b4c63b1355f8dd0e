import os

from langchain_salesforce import SalesforceTool
from orgkey_simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"])
tool = SalesforceTool("", "", "", salesforce_client=sf)
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
