import os

from orgkey_simple_salesforce import Salesforce

OPTIONS = {"version": "58.0", "domain": "test"}
sf = Salesforce(
    username=os.environ["SF_USERNAME"],
    **OPTIONS,
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
