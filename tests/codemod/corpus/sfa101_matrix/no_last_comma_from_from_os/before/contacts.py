from os import environ

from simple_salesforce import Salesforce

sf = Salesforce(
    username=environ["CRM_USER"],
    password=environ["CRM_PASSWORD"],
    security_token=environ.get("CRM_TOKEN"),
    client_id="nightly-export"
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
