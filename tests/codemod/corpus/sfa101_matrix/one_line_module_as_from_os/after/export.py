from os import environ

import orgkey_simple_salesforce as ss

sf = ss.Salesforce(username=environ["CRM_USER"], domain="login", version="58.0")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
