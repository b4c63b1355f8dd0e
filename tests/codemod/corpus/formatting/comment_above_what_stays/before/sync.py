import os

from simple_salesforce import Salesforce

sf = Salesforce(
    # the integration user, never a person
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
    # sandboxes live under test
    domain="login",
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
