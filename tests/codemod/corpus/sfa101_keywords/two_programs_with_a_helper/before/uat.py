import os

from helper import show
from simple_salesforce import Salesforce

show(Salesforce(username=os.environ["SF_UAT_USERNAME"], password=os.environ["SF_UAT_PASSWORD"], security_token="", domain="test"))
