import os

from simple_salesforce import Salesforce

password = os.environ["SF_PASSWORD"]
sf = Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token="")
print("password has", len(password), "characters")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
