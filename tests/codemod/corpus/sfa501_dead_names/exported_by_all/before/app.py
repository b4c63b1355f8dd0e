import os

from simple_salesforce import Salesforce

__all__ = ["SF_PASSWORD", "connect"]

SF_PASSWORD = os.environ["SF_PASSWORD"]


def connect():
    return Salesforce(username=os.environ["SF_USERNAME"], password=SF_PASSWORD, security_token="")


sf = connect()
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
