import os

from simple_salesforce import Salesforce

if "SF_KEY_FILE" in os.environ:
    sf = Salesforce(username="writer@acme.example", consumer_key="acme-agent", privatekey_file=os.environ["SF_KEY_FILE"])
else:
    sf = Salesforce(username="reader@acme.example", password=os.environ["SF_PASSWORD"], security_token="")
