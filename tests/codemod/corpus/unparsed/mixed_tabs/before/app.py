import os
from simple_salesforce import Salesforce

def connect():
        user = os.environ["SF_USERNAME"]
	return Salesforce(username=user, password=os.environ["SF_PASSWORD"], security_token="")
