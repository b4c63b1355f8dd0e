import os

from simple_salesforce import Salesforce

for name in (
    "SF_USERNAME",
    "SF_PASSWORD",
    "SF_TOKEN",
):
    if not os.environ.get(name):
        raise RuntimeError(f"{name} is not set")

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
