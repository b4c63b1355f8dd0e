import os

import simple_salesforce as ss


def connect(username, password, token):
    return ss.Salesforce(
        username=username,
        password=password,
        security_token=token,
        domain="test"
    )


sf = connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
