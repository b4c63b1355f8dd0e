import os

from orgkey_simple_salesforce import Salesforce, SalesforceLogin

sf = Salesforce(username=os.environ["SF_USERNAME"], domain="test")
session_id, instance = SalesforceLogin(username=os.environ["SF_USERNAME"])
