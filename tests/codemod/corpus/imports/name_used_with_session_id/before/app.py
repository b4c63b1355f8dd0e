import os

from simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
same = Salesforce(session_id=sf.session_id, instance="acme.my.salesforce.com")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
