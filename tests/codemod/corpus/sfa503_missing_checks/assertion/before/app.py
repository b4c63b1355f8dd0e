import os

from simple_salesforce import Salesforce

assert os.environ.get("SF_USERNAME") and os.environ.get("SF_PASSWORD"), "Salesforce credentials missing"

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
