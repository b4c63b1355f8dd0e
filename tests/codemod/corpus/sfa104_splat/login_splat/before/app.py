import os

from simple_salesforce import SalesforceLogin

who = {"username": os.environ["SF_USERNAME"], "password": os.environ["SF_PASSWORD"], "security_token": ""}
session_id, instance = SalesforceLogin(**who)
