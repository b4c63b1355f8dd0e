import os

from simple_salesforce import SalesforceLogin

session_id = SalesforceLogin(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])[0]
