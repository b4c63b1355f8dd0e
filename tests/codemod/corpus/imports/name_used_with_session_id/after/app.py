import os

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"])
same = Salesforce(session_id=sf.session_id, instance="acme.my.salesforce.com")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
