from os import environ

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(environ["CRM_USER"], domain="login", version="58.0")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
