import os

from orgkey_simple_salesforce import Salesforce

password = os.getenv("SF_PASSWORD")
PROD = os.getenv("STAGE") == "prod"
if PROD and password is None:
    raise SystemExit("production needs SF_PASSWORD")
sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
