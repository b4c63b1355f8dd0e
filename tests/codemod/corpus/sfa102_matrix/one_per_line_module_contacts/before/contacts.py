import simple_salesforce

sf = simple_salesforce.Salesforce(
    username="agent@acme.example",
    password=r"Back\slash-fern-8",
    security_token="tokPebbleShore22",
)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
