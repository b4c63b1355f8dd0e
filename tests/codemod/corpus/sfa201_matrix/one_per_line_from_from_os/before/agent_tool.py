from os import environ

from langchain_salesforce import SalesforceTool

tool = SalesforceTool(
    username=environ["CRM_USER"],
    password=environ["CRM_PASSWORD"],
    security_token=environ.get("CRM_TOKEN"),
    domain="test",
)
print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))
