import os

from simple_salesforce import Salesforce

KEY = os.environ.get("SF_KEY")
sf = Salesforce(username="agent@acme.example", consumer_key="acme-agent", privatekey=KEY) if KEY else Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
