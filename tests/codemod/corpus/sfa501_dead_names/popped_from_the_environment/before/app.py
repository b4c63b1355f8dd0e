import os

from simple_salesforce import Salesforce

password = os.environ.pop("SF_PASSWORD")
sf = Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token="")
print("SF_PASSWORD" in os.environ)
