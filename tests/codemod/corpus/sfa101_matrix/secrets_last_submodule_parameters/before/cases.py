import os

from simple_salesforce.api import Salesforce


def connect(username, password, token):
    return Salesforce(
        username=username,
        version="59.0",
        password=password,
        security_token=token,
    )


sf = connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
