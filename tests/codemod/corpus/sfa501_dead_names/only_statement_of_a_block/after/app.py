import os

from orgkey_simple_salesforce import Salesforce

token = ""
if "SF_TOKEN" in os.environ:
    token = os.environ["SF_TOKEN"]
sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
