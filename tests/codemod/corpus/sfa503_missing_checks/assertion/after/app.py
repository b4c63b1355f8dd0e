import os

from orgkey_simple_salesforce import Salesforce

assert os.environ.get("SF_USERNAME") and os.environ.get("SF_PASSWORD"), "Salesforce credentials missing"

sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
