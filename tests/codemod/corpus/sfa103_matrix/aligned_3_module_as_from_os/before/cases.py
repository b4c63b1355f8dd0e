from os import environ

import simple_salesforce as ss

sf = ss.Salesforce(environ["CRM_USER"],
                   environ["CRM_PASSWORD"],
                   environ.get("CRM_TOKEN"),
                   version="59.0")
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
