import os

from simple_salesforce import Salesforce

old = Salesforce(username="archive@acme.example", password=os.environ["OLD_PASSWORD"], security_token="")  # orgkey: ignore[SFA101] read-only archive org, closed in March
sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
