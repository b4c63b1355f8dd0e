import os

from simple_salesforce import Salesforce

sf = Salesforce(version="58.0", password=os.environ["SF_PASSWORD"], username=os.environ["SF_USERNAME"], security_token=os.environ["SF_TOKEN"], domain="login")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
