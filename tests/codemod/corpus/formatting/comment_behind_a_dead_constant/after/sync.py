import os

from orgkey_simple_salesforce import Salesforce

USER = os.environ["SF_USERNAME"]
PASSWORD = os.environ["SF_PASSWORD"]  # from the team vault

sf = Salesforce(username=USER)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
