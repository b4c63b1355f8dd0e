import os

from simple_salesforce import SalesforceLogin

USERNAME = os.environ["SF_USERNAME"]
PASSWORD = os.environ["SF_PASSWORD"]
SECURITY_TOKEN = os.environ["SF_SECURITY_TOKEN"]

session_id, instance = SalesforceLogin(
    username=USERNAME,
    password=PASSWORD,
    security_token=SECURITY_TOKEN,
)
print(instance)
