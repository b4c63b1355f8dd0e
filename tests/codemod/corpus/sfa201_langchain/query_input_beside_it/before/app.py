import os

from langchain_salesforce.tools import SalesforceQueryInput, SalesforceTool

tool = SalesforceTool(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
print(SalesforceQueryInput.model_json_schema(), tool.name)
