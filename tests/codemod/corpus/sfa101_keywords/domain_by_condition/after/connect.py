import os

from orgkey_simple_salesforce import Salesforce

SANDBOX = os.environ.get("SF_SANDBOX") == "1"

sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    domain="test" if SANDBOX else None,
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
