import os

from simple_salesforce import Salesforce

live = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
uat = Salesforce(
    username=os.environ["SF_UAT_USERNAME"],
    password=os.environ["SF_UAT_PASSWORD"],
    security_token=os.environ["SF_UAT_TOKEN"],
    domain="test",
)
for org in (live, uat):
    print(org.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
