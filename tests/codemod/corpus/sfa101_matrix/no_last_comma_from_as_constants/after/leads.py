import os

from orgkey_simple_salesforce import Salesforce as SF

USERNAME = os.environ["SF_USERNAME"]

sf = SF(
    username=USERNAME,
    proxies=None
)
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
