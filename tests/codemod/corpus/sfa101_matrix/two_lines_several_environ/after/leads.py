import os

from orgkey_simple_salesforce import Salesforce, SalesforceAuthenticationFailed

sf = Salesforce(username=os.environ["SF_USERNAME"], domain="test")
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
