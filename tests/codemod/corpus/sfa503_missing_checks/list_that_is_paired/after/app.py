import os

from orgkey_simple_salesforce import Salesforce

NAMES = ("SF_USERNAME", "SF_PASSWORD")
for field, name in zip(("user", "password"), NAMES):
    print(field, "comes from", name)
sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
