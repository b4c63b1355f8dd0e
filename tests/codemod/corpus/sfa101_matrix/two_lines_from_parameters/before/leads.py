import os

from simple_salesforce import Salesforce


def connect(username, password, token):
    return Salesforce(username=username, password=password,
                      security_token=token, version="59.0")


sf = connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
