import os
import sys

from simple_salesforce import Salesforce

password = os.getenv("SF_PASSWORD")
if not password:
    print("offline")
    sys.exit(0)
sf = Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token=os.environ["SF_TOKEN"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
