import os

from orgkey_simple_salesforce import Salesforce


def with_org(sf):
    return lambda function: lambda: function(sf)


@with_org(Salesforce(
    username=os.environ["SF_USERNAME"],
))
def count(sf):
    return sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"]


print(count())
