import os

from simple_salesforce import Salesforce


def connect():
    user = os.environ.get("SF_USER")
    password = os.environ.get("SF_PASSWORD")
    token = os.environ.get("SF_TOKEN")
    return \
        Salesforce(username=user, password=password, security_token=token, version="59.0")


sf = connect()
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
