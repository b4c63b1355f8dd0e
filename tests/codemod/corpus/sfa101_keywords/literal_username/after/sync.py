
from orgkey_simple_salesforce import Salesforce

sf = Salesforce(
    username="agent@acme.example",
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
