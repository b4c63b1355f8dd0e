from os import environ

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(username=environ["CRM_USER"],
                client_id="nightly-export")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
