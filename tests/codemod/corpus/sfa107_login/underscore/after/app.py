import os

from orgkey_simple_salesforce import SalesforceLogin

_, instance = SalesforceLogin(username=os.environ["SF_USERNAME"])
print(instance)
