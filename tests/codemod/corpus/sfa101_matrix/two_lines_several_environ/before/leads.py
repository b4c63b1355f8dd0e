import os

from simple_salesforce import Salesforce, SalesforceAuthenticationFailed

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"],
                security_token=os.environ["SF_TOKEN"], domain="test")
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
