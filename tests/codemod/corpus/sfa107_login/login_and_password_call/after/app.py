import os

from orgkey_simple_salesforce import Salesforce, SalesforceLogin

session_id, instance = SalesforceLogin(username=os.environ["SF_USERNAME"])
sf = Salesforce(username=os.environ["SF_USERNAME"], version="58.0")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
