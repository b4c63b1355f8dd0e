import os
import sys

from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed

try:
    sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
    print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
except SalesforceAuthenticationFailed as error:
    sys.exit(f"Salesforce refused the login: {error}")
