import simple_salesforce

sf = simple_salesforce.Salesforce(username="agent@acme.example",
                                  password=r"Back\slash-fern-8",
                                  security_token="tokPebbleShore22",
                                  client_id="nightly-export")
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
