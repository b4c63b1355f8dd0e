import json
import os

from orgkey_simple_salesforce import (
    Salesforce,
    SalesforceMalformedRequest,
)

config = json.loads(os.environ["SF_LOGIN"])
sf = Salesforce(
    username=config["username"],
    client_id="nightly-export",
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
