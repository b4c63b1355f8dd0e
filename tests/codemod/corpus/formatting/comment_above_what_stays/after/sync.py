import os

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(
    # the integration user, never a person
    username=os.environ["SF_USERNAME"],
    # sandboxes live under test
    domain="login",
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
