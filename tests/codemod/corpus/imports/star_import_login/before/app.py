import os

from simple_salesforce.login import *

session_id, instance = SalesforceLogin(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
