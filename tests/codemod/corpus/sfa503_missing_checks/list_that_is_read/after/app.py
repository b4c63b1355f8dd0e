import os

from orgkey_simple_salesforce import Salesforce

NAMES = ["SF_USERNAME", "SF_PASSWORD", "SF_TOKEN"]
user, password, token = [os.environ[name] for name in NAMES]
sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
