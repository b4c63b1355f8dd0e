import os

from simple_salesforce import Salesforce


def connect(org):
    return Salesforce(username=os.environ[f"{org}_USER"], password=os.environ[f"{org}_PASSWORD"], security_token="")
