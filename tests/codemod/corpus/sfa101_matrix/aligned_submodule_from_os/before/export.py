from os import environ

from simple_salesforce.api import Salesforce

sf = Salesforce(username=environ["CRM_USER"],
                password=environ["CRM_PASSWORD"],
                security_token=environ.get("CRM_TOKEN"),
                client_id="nightly-export")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
