import os

from langchain_salesforce import SalesforceTool

tool = SalesforceTool(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
