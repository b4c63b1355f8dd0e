import os

from simple_salesforce import Salesforce

PASSWORD = os.environ.get("SF_PASSWORD")
sf = Salesforce(username=os.environ["SF_USERNAME"], password=PASSWORD, security_token="") if PASSWORD else None
other = PASSWORD and Salesforce(username=os.environ["SF_USERNAME"], password=PASSWORD, security_token="")
