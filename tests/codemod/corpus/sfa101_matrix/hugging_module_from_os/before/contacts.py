from os import environ

import simple_salesforce

sf = simple_salesforce.Salesforce(
    username=environ["CRM_USER"], password=environ["CRM_PASSWORD"], security_token=environ.get("CRM_TOKEN")
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
