import os

from orgkey_simple_salesforce import Salesforce


def connect():
    return Salesforce(username=os.environ["SF_USERNAME"])
