import os

from simple_salesforce import Salesforce


def connect():
    if "SF_PASSWORD" not in os.environ:
        print("offline")
    else:
        return Salesforce(
            username=os.environ["SF_USERNAME"],
            password=os.environ["SF_PASSWORD"],
            security_token="",
        )
