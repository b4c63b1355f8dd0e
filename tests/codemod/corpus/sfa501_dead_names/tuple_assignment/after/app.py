import os

from orgkey_simple_salesforce import Salesforce

user, password, token = os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"]
sf = Salesforce(username=user)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
