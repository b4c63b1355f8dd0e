import os

from orgkey_simple_salesforce import Salesforce


def count():
    sf = Salesforce(os.environ["SF_USERNAME"])
    return sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"]
