import os


def connect():
    from orgkey_simple_salesforce import Salesforce

    user = os.environ.get("SF_USER")
    return Salesforce(username=user, domain="test")


sf = connect()
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
