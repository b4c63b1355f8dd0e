from simple_salesforce import Salesforce

USERNAME = "agent@acme.example"
PASSWORD = "Cedar-harbour-14"
TOKEN = "tokCedarHarbour14"

sf = Salesforce(username=USERNAME, password=PASSWORD, security_token=TOKEN)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
