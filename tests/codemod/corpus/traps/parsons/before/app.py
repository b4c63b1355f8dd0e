import os

from parsons import Salesforce

sf = Salesforce(os.environ["SALESFORCE_USERNAME"], os.environ["SALESFORCE_PASSWORD"], os.environ["SALESFORCE_SECURITY_TOKEN"])
