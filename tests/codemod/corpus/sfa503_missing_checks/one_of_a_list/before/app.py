import os
import sys

from simple_salesforce import Salesforce

for name in ("SF_SESSION_ID", "SF_PASSWORD"):
    if os.environ.get(name):
        break
else:
    sys.exit("nothing to log in with")
sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
