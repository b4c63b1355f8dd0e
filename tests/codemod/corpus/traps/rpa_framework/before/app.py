import os

from RPA.Salesforce import Salesforce

sf = Salesforce(domain="test")
sf.auth_with_token(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], api_token=os.environ["SF_TOKEN"])
