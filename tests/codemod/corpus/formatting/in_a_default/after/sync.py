import os

from orgkey_simple_salesforce import Salesforce


def count(sf=Salesforce(username=os.environ["SF_USERNAME"])):
    return sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"]


print(count())
