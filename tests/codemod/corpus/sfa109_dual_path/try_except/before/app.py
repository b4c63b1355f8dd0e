import os

from simple_salesforce import Salesforce, SalesforceAuthenticationFailed

try:
    sf = Salesforce(username=os.environ["SF_USERNAME"], consumer_key=os.environ["SF_CONSUMER_KEY"], privatekey_file="key.pem")
except SalesforceAuthenticationFailed:
    sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
