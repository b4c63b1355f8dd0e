import os

from orgkey_simple_salesforce import Salesforce, SalesforceAuthenticationFailed


def connect():
    user = os.environ.get("SF_USER")
    return Salesforce(username=user, proxies=None)


sf = connect()
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
