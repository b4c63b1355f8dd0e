import os, sys

from simple_salesforce import Salesforce

sf = Salesforce(username=sys.argv[1], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
