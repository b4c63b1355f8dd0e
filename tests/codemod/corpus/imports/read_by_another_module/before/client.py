import os

from settings import SF_PASSWORD
from simple_salesforce import Salesforce


def login():
    return Salesforce(username=os.environ["SF_USERNAME"], password=SF_PASSWORD, security_token="")
