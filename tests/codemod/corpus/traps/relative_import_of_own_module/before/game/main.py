import os

from .simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["USERNAME"], password=os.environ["PASSWORD"], security_token="")
