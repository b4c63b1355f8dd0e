import os

from orgkey_simple_salesforce import Salesforce

from vault import checkout

password = checkout("salesforce/agent")
sf = Salesforce(username=os.environ["SF_USERNAME"])
