import os

from simple_salesforce import Salesforce

sf = Salesforce(
    username=os.environ["SALESFORCE_USERNAME"], password=os.environ["SALESFORCE_PASSWORD"], security_token=os.environ["SALESFORCE_SECURITY_TOKEN"], client_id="nightly-export"
)
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
