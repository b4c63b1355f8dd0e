import os

from simple_salesforce import Salesforce


def _connect(password):
    return Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token="")


sf = _connect(os.environ["SF_PASSWORD"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
