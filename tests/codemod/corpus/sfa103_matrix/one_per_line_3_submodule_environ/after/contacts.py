import os

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(
    os.environ["SF_USERNAME"],
    proxies=None,
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
