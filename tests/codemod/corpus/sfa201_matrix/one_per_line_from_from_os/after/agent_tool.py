from os import environ

from orgkey_langchain import SalesforceTool

tool = SalesforceTool(
    username=environ["CRM_USER"],
    domain="test",
)
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
