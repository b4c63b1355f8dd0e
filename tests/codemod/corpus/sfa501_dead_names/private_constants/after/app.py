import os

from orgkey_simple_salesforce import Salesforce

_USER = os.environ["SF_USERNAME"]


def connect():
    return Salesforce(username=_USER)


sf = connect()
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
