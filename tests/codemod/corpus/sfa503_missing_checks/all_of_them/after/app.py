import os

from orgkey_simple_salesforce import Salesforce


def connect():
    username = os.getenv("SF_USERNAME")
    password = os.getenv("SF_PASSWORD")
    token = os.getenv("SF_TOKEN")
    if not all([username, password, token]):
        raise ValueError("Salesforce credentials are incomplete")
    return Salesforce(username=username)


sf = connect()
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
