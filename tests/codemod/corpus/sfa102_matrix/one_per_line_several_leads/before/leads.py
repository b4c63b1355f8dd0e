from simple_salesforce import Salesforce, SalesforceAuthenticationFailed

sf = Salesforce(
    username="agent@acme.example",
    password="Copper" "Kettle" "19",
    security_token='',
    domain="test",
)
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
