import os

from simple_salesforce import Salesforce

sf = Salesforce(
    username=os.environ["SF_USERNAME"],  # the integration user
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
    version="59.0",  # pinned by the CRM team
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
