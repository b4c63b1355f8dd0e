import os

from simple_salesforce import Salesforce

_USER = os.environ["SF_USERNAME"]
_PASSWORD = os.environ["SF_PASSWORD"]
_TOKEN = os.environ.get("SF_TOKEN", "")


def connect():
    return Salesforce(username=_USER, password=_PASSWORD, security_token=_TOKEN)


sf = connect()
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
