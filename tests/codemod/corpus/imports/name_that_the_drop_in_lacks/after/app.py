import os

from orgkey_simple_salesforce import Salesforce
from simple_salesforce import exceptions

try:
    sf = Salesforce(username=os.environ["SF_USERNAME"])
    print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
except exceptions.SalesforceAuthenticationFailed as error:
    print(error)
