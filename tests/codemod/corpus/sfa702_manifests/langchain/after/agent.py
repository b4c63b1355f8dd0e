import os

from orgkey_langchain import SalesforceTool

tool = SalesforceTool(username=os.environ["SF_USERNAME"])
