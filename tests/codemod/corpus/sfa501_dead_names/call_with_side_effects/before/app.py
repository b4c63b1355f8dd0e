import os

from simple_salesforce import Salesforce

from vault import checkout

password = checkout("salesforce/agent")
sf = Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token="")
