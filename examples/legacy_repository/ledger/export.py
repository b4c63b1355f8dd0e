from simple_salesforce import Salesforce

sf = Salesforce(username="agent@acme.example", password="Orchid-ferry-31", security_token="tokOrchidFerry31")
for row in sf.query_all_iter("SELECT Id, Name FROM Account"):
    print(row["Name"])
