from simple_salesforce import Salesforce
sf = Salesforce(username=USER, password=PASSWORD, security_token=TOKEN)
print sf.query("SELECT Id FROM Account")
