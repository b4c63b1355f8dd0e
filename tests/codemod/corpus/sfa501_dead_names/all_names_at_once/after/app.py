import os

from orgkey_simple_salesforce import Salesforce

SF_PASSWORD = os.environ["SF_PASSWORD"]

sf = Salesforce(username=os.environ["SF_USERNAME"])
print("{SF_PASSWORD:.0}".format(**globals()))
