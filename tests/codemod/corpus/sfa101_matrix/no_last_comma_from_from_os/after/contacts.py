from os import environ

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(
    username=environ["CRM_USER"],
    client_id="nightly-export"
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
