import os

from orgkey_simple_salesforce import Salesforce


def connect():
    user = os.environ.get("SF_USER")
    return \
        Salesforce(username=user, version="59.0")


sf = connect()
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
