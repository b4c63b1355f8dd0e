import os

from simple_salesforce import Salesforce

password = os.environ.get(
    "SF_PASSWORD",
    os.environ.get("SALESFORCE_PASSWORD"),
)
sf = Salesforce(username=os.environ["SF_USERNAME"], password=password, security_token="")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
