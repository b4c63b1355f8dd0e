import os

from orgkey_simple_salesforce import Salesforce

password = os.environ.pop("SF_PASSWORD")
sf = Salesforce(username=os.environ["SF_USERNAME"])
print("SF_PASSWORD" in os.environ)
