import os

from orgkey_simple_salesforce import Salesforce

Crm = Salesforce
sf = Crm(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
