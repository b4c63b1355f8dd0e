import os

from orgkey_simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)


def connect():
    user = os.environ.get("SF_USER")
    return Salesforce(username=user)


sf = connect()
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
