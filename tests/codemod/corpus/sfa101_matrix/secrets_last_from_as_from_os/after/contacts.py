from os import environ

from orgkey_simple_salesforce import Salesforce as SF

sf = SF(
    username=environ["CRM_USER"],
    proxies=None,
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
