import os

from simple_salesforce import Salesforce as SF

USERNAME = os.environ["SF_USERNAME"]
PASSWORD = os.environ["SF_PASSWORD"]
SECURITY_TOKEN = os.environ["SF_SECURITY_TOKEN"]

sf = SF(
    username=USERNAME,
    password=PASSWORD,
    security_token=SECURITY_TOKEN,
    proxies=None
)
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
