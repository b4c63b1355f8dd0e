import os

from simple_salesforce.api import Salesforce

sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
)
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
