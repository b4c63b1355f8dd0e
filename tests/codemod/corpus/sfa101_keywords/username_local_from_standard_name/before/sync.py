import os

from simple_salesforce import Salesforce


def connect():
    username = os.environ["SALESFORCE_USERNAME"]
    password = os.environ["SALESFORCE_PASSWORD"]
    token = os.environ["SALESFORCE_SECURITY_TOKEN"]
    version = os.environ.get("SALESFORCE_API_VERSION", "59.0")
    return Salesforce(username=username, password=password, security_token=token, version=version)


print(connect().query("SELECT Id FROM Account LIMIT 1")["totalSize"])
