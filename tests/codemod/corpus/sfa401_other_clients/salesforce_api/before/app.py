import os

from salesforce_api import Salesforce

client = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"], is_sandbox=True)
