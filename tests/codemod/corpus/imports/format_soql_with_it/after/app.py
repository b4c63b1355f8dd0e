import os

from orgkey_simple_salesforce import Salesforce, format_soql

sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query(format_soql("SELECT Id FROM Account WHERE Name = {}", "Acme"))["totalSize"])
