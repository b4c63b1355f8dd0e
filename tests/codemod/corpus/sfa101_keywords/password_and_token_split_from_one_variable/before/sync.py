import os

from simple_salesforce import Salesforce

password, token = os.environ["SF_SECRET"].split(":")
sf = Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token=token)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
