import os

from orgkey_simple_salesforce import Salesforce

total = Salesforce(username=os.environ["SF_USERNAME"]).query("SELECT Id FROM Account LIMIT 1")["totalSize"]
print(total)
