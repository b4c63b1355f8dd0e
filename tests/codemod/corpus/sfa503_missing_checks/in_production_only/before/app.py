import os

from simple_salesforce import Salesforce

password = os.getenv("SF_PASSWORD")
PROD = os.getenv("STAGE") == "prod"
if PROD and password is None:
    raise SystemExit("production needs SF_PASSWORD")
sf = Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token=os.environ["SF_TOKEN"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
