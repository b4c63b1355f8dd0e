import os

import orgkey_simple_salesforce

sf = orgkey_simple_salesforce.Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
