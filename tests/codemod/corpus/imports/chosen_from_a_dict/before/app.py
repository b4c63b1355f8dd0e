import os

from simple_salesforce import Salesforce

CLIENTS = {"salesforce": Salesforce}
client = CLIENTS[os.environ["CRM_KIND"]](username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
