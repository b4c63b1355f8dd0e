import os

from orgkey_simple_salesforce import Salesforce

password = os.environ["SF_PASSWORD"]
sf = Salesforce(username=os.environ["SF_USERNAME"])
print("password has", len(password), "characters")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
