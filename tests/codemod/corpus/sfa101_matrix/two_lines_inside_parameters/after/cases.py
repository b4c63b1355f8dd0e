import os


def connect(username, password, token):
    from orgkey_simple_salesforce import Salesforce

    return Salesforce(username=username, domain="login", version="58.0")


sf = connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
