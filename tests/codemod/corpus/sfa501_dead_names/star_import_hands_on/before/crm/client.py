import os

from simple_salesforce import Salesforce

SF_PASSWORD = os.environ["SF_PASSWORD"]


def login():
    return Salesforce(username=os.environ["SF_USERNAME"], password=SF_PASSWORD, security_token="")
