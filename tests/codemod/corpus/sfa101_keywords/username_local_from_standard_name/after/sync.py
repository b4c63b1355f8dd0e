import os

from orgkey_simple_salesforce import Salesforce


def connect():
    version = os.environ.get("SALESFORCE_API_VERSION", "59.0")
    return Salesforce(version=version)


print(connect().query("SELECT Id FROM Account LIMIT 1")["totalSize"])
