import os

from orgkey_simple_salesforce import Salesforce

env = os.environ
sf = Salesforce(username=env["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
