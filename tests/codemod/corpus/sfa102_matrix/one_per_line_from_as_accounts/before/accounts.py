from simple_salesforce import Salesforce as SF

sf = SF(
    username="agent@acme.example",
    password='Maple&Rain77',
    security_token='tok-willow-brook-3',
    proxies=None,
)
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
