import os

from helper import show
from simple_salesforce import Salesforce

show(Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=""))
