import os

from simple_salesforce import Salesforce

token = ""
if "SF_TOKEN" in os.environ:
    token = os.environ["SF_TOKEN"]
sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=token)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
