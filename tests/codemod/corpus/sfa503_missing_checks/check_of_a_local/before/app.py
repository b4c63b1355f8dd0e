import os

from simple_salesforce import Salesforce

username = os.getenv("SF_USERNAME")
password = os.getenv("SF_PASSWORD")
if not password:
    raise SystemExit("SF_PASSWORD is missing")
sf = Salesforce(username=username, password=password, security_token="")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
