import os

import simple_salesforce as ss

USERNAME = os.environ["SF_USERNAME"]
PASSWORD = os.environ["SF_PASSWORD"]
SECURITY_TOKEN = os.environ["SF_SECURITY_TOKEN"]

sf = ss.Salesforce(
    username=USERNAME, password=PASSWORD, security_token=SECURITY_TOKEN, domain="test"
)
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
