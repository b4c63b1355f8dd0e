import os

from simple_salesforce import Salesforce

if os.environ["STAGE"] == "production":
    sf = Salesforce(username=os.environ["SF_USERNAME"], consumer_key="acme-agent", privatekey_file="key.pem")
else:
    sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="", domain="test")
