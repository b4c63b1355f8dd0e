import os

from langchain_salesforce.tools import SalesforceQueryInput
from orgkey_langchain import SalesforceTool

tool = SalesforceTool(username=os.environ["SF_USERNAME"])
print(SalesforceQueryInput.model_json_schema(), tool.name)
