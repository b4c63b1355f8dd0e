import os

from simple_salesforce import SalesforceLogin

session_id, instance = SalesforceLogin(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], organizationId=os.environ["SF_ORG_ID"])
