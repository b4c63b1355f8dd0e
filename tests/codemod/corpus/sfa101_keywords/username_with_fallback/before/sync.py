import os

from simple_salesforce import Salesforce

sf = Salesforce(
    username=os.environ.get("SALESFORCE_USERNAME", "agent@acme.example"),
    password=os.environ["SALESFORCE_PASSWORD"],
    security_token=os.environ["SALESFORCE_SECURITY_TOKEN"],
    domain="test",
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
