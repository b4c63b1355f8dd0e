import os
from types import SimpleNamespace

from orgkey_langchain import SalesforceTool

settings = SimpleNamespace(
    SF_USERNAME=os.environ["SF_USERNAME"],
    SF_PASSWORD=os.environ["SF_PASSWORD"],
    SF_TOKEN=os.environ["SF_TOKEN"],
)
tool = SalesforceTool(username=settings.SF_USERNAME)
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
