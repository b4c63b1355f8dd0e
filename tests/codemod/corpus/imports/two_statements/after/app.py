import os

from simple_salesforce import SalesforceResourceNotFound
from orgkey_simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"])
try:
    print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
except SalesforceResourceNotFound:
    print("gone")
