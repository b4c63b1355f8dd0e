import os

from orgkey_simple_salesforce import Salesforce as SF


def connect(username, password, token):
    return \
        SF(username=username, domain="login", version="58.0")


sf = connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
