import os

from vault import secret
from simple_salesforce import Salesforce


def login():
    return Salesforce(username=os.environ["SF_USERNAME"], password=secret("SF_PASSWORD"), security_token="")
