import os

from simple_salesforce import Salesforce


def connect(sandbox):
    if sandbox:
        return Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"], domain="test")
    else:
        return Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])


print(connect(sandbox=False).query("SELECT Id FROM Account LIMIT 1")["totalSize"])
