import json
import os

from simple_salesforce import Salesforce

config = json.loads(os.environ["SF_LOGIN"])
sf = Salesforce(
    config["username"],
    config["password"],
    config["security_token"],
    version="59.0",
)
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
