from simple_salesforce import Salesforce

sf = Salesforce(username="agent@acme.example",
                password="Plum-orchard-41",
                security_token="heron lake nine",
                version="59.0")
result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")
print(result["totalSize"])
