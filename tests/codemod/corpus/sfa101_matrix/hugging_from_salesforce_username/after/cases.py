
from orgkey_simple_salesforce import Salesforce

sf = Salesforce(
    client_id="nightly-export"
)
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
