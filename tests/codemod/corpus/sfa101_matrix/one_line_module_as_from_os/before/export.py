from os import environ

import simple_salesforce as ss

sf = ss.Salesforce(username=environ["CRM_USER"], password=environ["CRM_PASSWORD"], security_token=environ.get("CRM_TOKEN"), domain="login", version="58.0")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
