import os

from orgkey_simple_salesforce import Salesforce

USERNAME = os.environ["SF_USERNAME"]

sf = Salesforce(USERNAME, client_id="nightly-export")
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
