import os

from simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)


def connect(username, password, token):
    return Salesforce(username=username, password=password, security_token=token)


sf = connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
