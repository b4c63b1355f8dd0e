import os

import orgkey_simple_salesforce as ss

USERNAME = os.environ["SF_USERNAME"]

sf = ss.Salesforce(
    username=USERNAME, domain="test"
)
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
