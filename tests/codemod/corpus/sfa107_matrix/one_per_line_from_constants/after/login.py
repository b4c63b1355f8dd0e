import os

from orgkey_simple_salesforce import SalesforceLogin

USERNAME = os.environ["SF_USERNAME"]

session_id, instance = SalesforceLogin(
    username=USERNAME,
)
print(instance)
