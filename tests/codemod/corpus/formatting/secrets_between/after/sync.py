import os

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(version="58.0", username=os.environ["SF_USERNAME"], domain="login")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
