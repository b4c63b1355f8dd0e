import os

from simple_salesforce import Salesforce

sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    # the password expires every 90 days, see the runbook
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
