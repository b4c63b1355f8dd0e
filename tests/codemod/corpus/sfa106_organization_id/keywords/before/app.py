import os

from simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], organizationId=os.environ["SF_ORG_ID"])
