import os

from simple_salesforce import Salesforce

OPTIONS = {"version": "58.0", "domain": "test"}
sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
    **OPTIONS,
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
