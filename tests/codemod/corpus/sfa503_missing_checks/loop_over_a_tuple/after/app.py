import os

from orgkey_simple_salesforce import Salesforce

for name in (
    "SF_USERNAME",
    "SF_PASSWORD",
    "SF_TOKEN",
):
    if not os.environ.get(name):
        raise RuntimeError(f"{name} is not set")

sf = Salesforce(username=os.environ["SF_USERNAME"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
