from os import environ

import orgkey_simple_salesforce as ss

sf = ss.Salesforce(environ["CRM_USER"],
                   version="59.0")
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
