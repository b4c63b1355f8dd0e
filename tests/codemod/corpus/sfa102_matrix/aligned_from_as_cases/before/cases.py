from simple_salesforce import Salesforce as SF

sf = SF(username="agent@acme.example",
        password='Maple&Rain77',
        security_token='tok-willow-brook-3',
        domain="login",
        version="58.0")
open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")
print(open_cases["records"])
