import os
import sys

from orgkey_simple_salesforce import Salesforce

REQUIRED = ["SF_USERNAME", "SF_PASSWORD", "SF_TOKEN"]
missing = [name for name in REQUIRED if name not in os.environ]
if missing:
    sys.exit("please set " + ", ".join(missing))

sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
