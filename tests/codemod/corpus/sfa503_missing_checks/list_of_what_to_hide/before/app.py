import os

from simple_salesforce import Salesforce

HIDDEN = ["SF_PASSWORD", "SF_TOKEN", "SESSION"]
for name, value in os.environ.items():
    print(name, "hidden" if name in HIDDEN else len(value))
sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
