import os

from orgkey_simple_salesforce import Salesforce

live = Salesforce(username=os.environ["SF_USERNAME"])
uat = Salesforce(
    username=os.environ["SF_UAT_USERNAME"],
    domain="test",
)
for org in (live, uat):
    print(org.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
