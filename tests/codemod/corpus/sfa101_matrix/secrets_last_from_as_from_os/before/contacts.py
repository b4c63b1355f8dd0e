from os import environ

from simple_salesforce import Salesforce as SF

sf = SF(
    username=environ["CRM_USER"],
    proxies=None,
    password=environ["CRM_PASSWORD"],
    security_token=environ.get("CRM_TOKEN"),
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
