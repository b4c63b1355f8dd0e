import os

from settings import SF_PASSWORD
from orgkey_simple_salesforce import Salesforce


def login():
    return Salesforce(username=os.environ["SF_USERNAME"])
