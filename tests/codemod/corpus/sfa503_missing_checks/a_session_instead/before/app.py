import os
import sys

from simple_salesforce import Salesforce

sid = os.getenv("SF_SESSION_ID")
if not os.getenv("SF_PASSWORD") and not sid:
    sys.exit("set SF_PASSWORD or SF_SESSION_ID")
sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
