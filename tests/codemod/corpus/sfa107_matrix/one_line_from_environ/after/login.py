import os

from orgkey_simple_salesforce import SalesforceLogin

session_id, instance = SalesforceLogin(username=os.environ["SF_USERNAME"])
print(instance)
