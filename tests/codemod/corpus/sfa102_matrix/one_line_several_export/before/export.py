from simple_salesforce import Salesforce, SalesforceAuthenticationFailed

sf = Salesforce(username="agent@acme.example", password="Copper" "Kettle" "19", security_token='', domain="login", version="58.0")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
