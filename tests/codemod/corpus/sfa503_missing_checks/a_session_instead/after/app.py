import os
import sys

from orgkey_simple_salesforce import Salesforce

sid = os.getenv("SF_SESSION_ID")
if not os.getenv("SF_PASSWORD") and not sid:
    sys.exit("set SF_PASSWORD or SF_SESSION_ID")
sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
