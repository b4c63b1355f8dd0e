import os

from simple_salesforce import Salesforce

sf = Salesforce(None, None, None, os.environ["SF_SESSION_ID"], "acme.my.salesforce.com")
