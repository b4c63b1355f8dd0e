import os

import orgkey_simple_salesforce as ss


def connect(username, password, token):
    return ss.Salesforce(username)


sf = connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
