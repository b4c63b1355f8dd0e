import os

from orgkey_simple_salesforce import Salesforce

connect = lambda: Salesforce(username=os.environ["SF_USERNAME"])
sf = connect()
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
