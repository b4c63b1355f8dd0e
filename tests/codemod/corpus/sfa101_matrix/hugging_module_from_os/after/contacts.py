from os import environ

import orgkey_simple_salesforce

sf = orgkey_simple_salesforce.Salesforce(
    username=environ["CRM_USER"]
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
