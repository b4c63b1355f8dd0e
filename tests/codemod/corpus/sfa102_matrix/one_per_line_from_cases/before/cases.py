from simple_salesforce import Salesforce

sf = Salesforce(
    username="agent@acme.example",
    password="Plum-orchard-41",
    security_token="heron lake nine",
    client_id="nightly-export",
)
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
