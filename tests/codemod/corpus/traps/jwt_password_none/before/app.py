import os

from simple_salesforce import Salesforce

sf = Salesforce(username="agent@acme.example", password=None, security_token=None, consumer_key=os.environ["SF_KEY"], privatekey_file="key.pem")
