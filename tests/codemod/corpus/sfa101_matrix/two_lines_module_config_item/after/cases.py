import json
import os

import orgkey_simple_salesforce

config = json.loads(os.environ["SF_LOGIN"])
sf = orgkey_simple_salesforce.Salesforce(username=config["username"], client_id="nightly-export")
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
