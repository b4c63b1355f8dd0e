import os

from simple_salesforce import Salesforce, SalesforceLogin

session_id, instance = SalesforceLogin(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
sf = Salesforce(instance=instance, session_id=session_id)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
