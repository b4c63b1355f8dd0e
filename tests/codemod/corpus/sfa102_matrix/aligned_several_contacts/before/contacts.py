from simple_salesforce import Salesforce, SalesforceAuthenticationFailed

sf = Salesforce(username="agent@acme.example",
                password="Copper" "Kettle" "19",
                security_token='',
                proxies=None)
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
