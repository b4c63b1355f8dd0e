import os

from simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["CRM_LOGIN"], password=os.environ["CRM_PASS"], security_token=os.environ["CRM_SECRET_TOKEN"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
