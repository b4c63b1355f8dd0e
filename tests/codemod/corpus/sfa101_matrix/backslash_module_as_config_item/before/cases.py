import json
import os

import simple_salesforce as ss

config = json.loads(os.environ["SF_LOGIN"])
sf = \
    ss.Salesforce(username=config["username"], password=config["password"], security_token=config["security_token"], proxies=None)
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
