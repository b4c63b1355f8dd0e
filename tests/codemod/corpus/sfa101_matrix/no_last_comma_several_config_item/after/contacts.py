import json
import os

from orgkey_simple_salesforce import Salesforce, SalesforceAuthenticationFailed

config = json.loads(os.environ["SF_LOGIN"])
sf = Salesforce(
    username=config["username"],
    domain="login",
    version="58.0"
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
