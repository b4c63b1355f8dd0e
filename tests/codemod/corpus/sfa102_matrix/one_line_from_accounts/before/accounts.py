from simple_salesforce import Salesforce

sf = Salesforce(username="agent@acme.example", password="Plum-orchard-41", security_token="heron lake nine")
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
