import os

from simple_salesforce import Salesforce, format_soql

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
print(sf.query(format_soql("SELECT Id FROM Account WHERE Name = {}", "Acme"))["totalSize"])
