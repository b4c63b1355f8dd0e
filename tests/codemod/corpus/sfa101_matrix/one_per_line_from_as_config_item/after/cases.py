import json
import os

from orgkey_simple_salesforce import Salesforce as SF

config = json.loads(os.environ["SF_LOGIN"])
sf = SF(
    username=config["username"],
    domain="login",
    version="58.0",
)
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
