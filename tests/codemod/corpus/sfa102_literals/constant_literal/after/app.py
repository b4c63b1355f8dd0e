from orgkey_simple_salesforce import Salesforce

USERNAME = "agent@acme.example"

sf = Salesforce(username=USERNAME)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
