import os

from orgkey_simple_salesforce import Salesforce


def connect(sandbox):
    if sandbox:
        return Salesforce(username=os.environ["SF_USERNAME"], domain="test")
    else:
        return Salesforce(username=os.environ["SF_USERNAME"])


print(connect(sandbox=False).query("SELECT Id FROM Account LIMIT 1")["totalSize"])
