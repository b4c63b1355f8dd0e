import os

from simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ.pop("SF_PASSWORD"), security_token="")
