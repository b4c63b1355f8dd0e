import os

from orgkey_simple_salesforce import Salesforce, SalesforceLogin

session_id, instance = SalesforceLogin(username=os.environ["SF_USERNAME"])
sf = Salesforce(instance=instance, session_id=session_id)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
