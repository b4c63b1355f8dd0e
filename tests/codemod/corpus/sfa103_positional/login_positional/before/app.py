import os

from simple_salesforce import SalesforceLogin

session_id, instance = SalesforceLogin(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
print(instance)
