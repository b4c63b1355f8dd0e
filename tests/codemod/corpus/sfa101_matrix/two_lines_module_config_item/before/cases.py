import json
import os

import simple_salesforce

config = json.loads(os.environ["SF_LOGIN"])
sf = simple_salesforce.Salesforce(username=config["username"], password=config["password"],
                                  security_token=config["security_token"], client_id="nightly-export")
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
