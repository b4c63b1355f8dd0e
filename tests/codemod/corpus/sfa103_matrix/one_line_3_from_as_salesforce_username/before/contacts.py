import os

from simple_salesforce import Salesforce as SF

sf = SF(os.environ["SALESFORCE_USERNAME"], os.environ["SALESFORCE_PASSWORD"], os.environ["SALESFORCE_SECURITY_TOKEN"], domain="test")
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
