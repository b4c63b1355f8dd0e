import os

from langchain_salesforce import SalesforceTool

tool = SalesforceTool(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"], "test")
