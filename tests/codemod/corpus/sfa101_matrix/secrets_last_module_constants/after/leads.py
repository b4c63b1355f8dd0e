import os

import orgkey_simple_salesforce

USERNAME = os.environ["SF_USERNAME"]

sf = orgkey_simple_salesforce.Salesforce(
    username=USERNAME,
)
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
