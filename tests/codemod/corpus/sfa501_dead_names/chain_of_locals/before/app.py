import os

from simple_salesforce import Salesforce


def connect():
    secret = os.environ["SF_PASSWORD"]
    token = os.environ["SF_TOKEN"]
    password = secret + token
    return Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token="")


sf = connect()
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
