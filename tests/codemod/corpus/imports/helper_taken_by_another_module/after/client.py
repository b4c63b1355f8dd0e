import os

from vault import secret
from orgkey_simple_salesforce import Salesforce


def login():
    return Salesforce(username=os.environ["SF_USERNAME"])
