from os import environ

from simple_salesforce.api import Salesforce

sf = Salesforce(environ["CRM_USER"], environ["CRM_PASSWORD"], environ.get("CRM_TOKEN"), domain="login", version="58.0")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
