import os

from simple_salesforce import Salesforce

SANDBOX = os.environ.get("SF_SANDBOX") == "1"

sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
    domain="test" if SANDBOX else None,
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
