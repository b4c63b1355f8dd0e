from simple_salesforce import Salesforce as SF

sf = SF(username="agent@acme.example", password='Maple&Rain77', security_token='tok-willow-brook-3', domain="test")
contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]
print(len(contacts))
