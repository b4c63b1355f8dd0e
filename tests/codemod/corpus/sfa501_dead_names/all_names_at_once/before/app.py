import os

from simple_salesforce import Salesforce

SF_PASSWORD = os.environ["SF_PASSWORD"]

sf = Salesforce(username=os.environ["SF_USERNAME"], password=SF_PASSWORD, security_token="")
print("{SF_PASSWORD:.0}".format(**globals()))
