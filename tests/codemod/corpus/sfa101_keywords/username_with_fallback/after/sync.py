import os

from orgkey_simple_salesforce import Salesforce

sf = Salesforce(
    username=os.environ.get("SALESFORCE_USERNAME", "agent@acme.example"),
    domain="test",
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
