import os

from simple_salesforce import Salesforce


def count():
    sf = Salesforce(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
    return sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"]
