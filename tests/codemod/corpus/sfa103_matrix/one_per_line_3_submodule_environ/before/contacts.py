import os

from simple_salesforce.api import Salesforce

sf = Salesforce(
    os.environ["SF_USERNAME"],
    os.environ["SF_PASSWORD"],
    os.environ["SF_TOKEN"],
    proxies=None,
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
