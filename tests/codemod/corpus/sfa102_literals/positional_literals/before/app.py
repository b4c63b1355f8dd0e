from simple_salesforce import Salesforce

sf = Salesforce("agent@acme.example", "Olive-ferry-90", "tokOliveFerry90", domain="test")
