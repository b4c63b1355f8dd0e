import os

from simple_salesforce import Salesforce

PASSWORD = os.environ["SF_PASSWORD"]


def connect():
    return Salesforce(username=os.environ["SF_USERNAME"], password=PASSWORD, security_token="")
