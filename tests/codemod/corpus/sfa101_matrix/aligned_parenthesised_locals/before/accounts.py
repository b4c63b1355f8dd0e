import os

from simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)


def connect():
    user = os.environ.get("SF_USER")
    password = os.environ.get("SF_PASSWORD")
    token = os.environ.get("SF_TOKEN")
    return Salesforce(username=user,
                      password=password,
                      security_token=token)


sf = connect()
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
